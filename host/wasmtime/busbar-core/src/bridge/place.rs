use crate::bus::BusName;
use crate::error::HostError;

/// A bus of a bridge, as a board file names it: "dongle" where it has one, "multiplexer:3" where it has several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BridgedPlace<'a> {
    /// The bridge's name in the board file.
    pub bridge: &'a str,
    /// The number of the bus, 0 to 999; none where none is written.
    pub number: Option<u16>,
}

impl<'a> BridgedPlace<'a> {
    /// What a bus's name means where a bridge has the name in it; none for one that can be no bridge's.
    pub fn of(bus: &'a BusName) -> Option<Self> {
        let BusName::Text(name) = bus else { return None };
        match name.split_once(':') {
            Some((bridge, number)) => Some(Self { bridge, number: Some(bus_number(number)?) }),
            None => Some(Self { bridge: name, number: None }),
        }
    }

    /// Which of the bridge's `count` buses is meant.
    ///
    /// # Errors
    ///
    /// Where it has no such bus, and where the number is missing or one too many: each bus has one name.
    pub fn number(&self, count: u8) -> Result<u8, HostError> {
        match self.number {
            None if count == 1 => return Ok(0),
            Some(number) if count > 1 && number < count.into() => return Ok(number as u8),
            _ => {}
        }
        let bridge = self.bridge;
        let (what, names) = match count {
            1 => ("one bus".to_owned(), format!("\"{bridge}\"")),
            _ => (format!("{count} buses"), format!("\"{bridge}:0\" to \"{bridge}:{}\"", count.saturating_sub(1))),
        };
        Err(HostError::backend(format!("the bridge \"{bridge}\" has {what}; write {names}.")))
    }
}

/// A number as people write it.
fn bus_number(text: &str) -> Option<u16> {
    let is_short = (1..=3).contains(&text.len());
    let is_number =
        is_short && text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if is_number { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::BridgedPlace;
    use crate::bus::BusName;

    fn place(name: &str) -> Option<(String, Option<u16>)> {
        BridgedPlace::of(&BusName::Text(name.to_owned())).map(|place| (place.bridge.to_owned(), place.number))
    }

    #[test]
    fn a_bus_of_a_bridge_is_its_name_and_a_number_as_people_write_it() {
        assert_eq!(place("dongle"), Some(("dongle".to_owned(), None)));
        assert_eq!(place("mux:3"), Some(("mux".to_owned(), Some(3))));
        assert_eq!(place("mux:0"), Some(("mux".to_owned(), Some(0))));
        for none in ["mux:", "mux:03", "mux:1000", "mux:x", "mux:1:2"] {
            assert_eq!(place(none), None, "{none}");
        }
        assert_eq!(BridgedPlace::of(&BusName::Number(1)), None);
    }

    #[test]
    fn each_bus_has_one_name() {
        let number =
            |number, count| BridgedPlace { bridge: "mux", number }.number(count).map_err(|error| error.message);
        assert_eq!(number(None, 1), Ok(0));
        assert_eq!(number(Some(7), 8), Ok(7));
        assert_eq!(number(Some(0), 1), Err("the bridge \"mux\" has one bus; write \"mux\".".to_owned()));
        let eight = "the bridge \"mux\" has 8 buses; write \"mux:0\" to \"mux:7\".";
        assert_eq!(number(None, 8), Err(eight.to_owned()));
        assert_eq!(number(Some(8), 8), Err(eight.to_owned()));
    }
}
