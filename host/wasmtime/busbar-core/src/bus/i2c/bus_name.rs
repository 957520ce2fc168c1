use crate::text::quoted;
use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use core::fmt;

/// The one name of a bus in the board file, by which it is compared everywhere: N for `N`, `"N"`, `"i2c-N"` and
/// `"/dev/i2c-N"`; any other name as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum BusName {
    /// `/dev/i2c-N`.
    Number(u32),
    /// The name of an adapter, or of a simulated bus.
    Text(String),
}

impl BusName {
    /// The most digits of a bus number.
    const MOST_DIGITS: usize = 6;

    /// The name that was written as a text. N is as people write numbers: "01" is none.
    pub fn of(written: &str) -> Self {
        let digits = written.strip_prefix("/dev/i2c-").or_else(|| written.strip_prefix("i2c-")).unwrap_or(written);
        let is_number = !digits.is_empty()
            && digits.len() <= Self::MOST_DIGITS
            && digits.bytes().all(|each| each.is_ascii_digit())
            && (digits == "0" || !digits.starts_with('0'));
        match digits.parse() {
            Ok(number) if is_number => Self::Number(number),
            _ => Self::Text(written.to_owned()),
        }
    }

    /// For a sentence: a name in quotes.
    pub fn shown(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(name) => quoted(name),
        }
    }
}

impl fmt::Display for BusName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(formatter, "{number}"),
            Self::Text(name) => formatter.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::BusName;

    #[test]
    fn a_bus_has_one_name() {
        for written in ["1", "i2c-1", "/dev/i2c-1"] {
            assert_eq!(BusName::of(written), BusName::Number(1));
        }
        assert_eq!(BusName::of("0"), BusName::Number(0));
        for written in ["01", "i2c-", "1234567", "sim", "/dev/1", "-1", "+1"] {
            assert_eq!(BusName::of(written), BusName::Text(written.to_owned()));
        }
    }
}
