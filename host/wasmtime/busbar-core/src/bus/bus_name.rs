use crate::text::quoted;
use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use core::fmt;

/// The one name of a bus in the board file, by which it is compared everywhere: a number, however that is written; any other name as it
/// is written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum BusName {
    /// N of `/dev/i2c-N`, or of `/dev/spidevN.0`.
    Number(u32),
    /// The name of an adapter, or of a simulated bus.
    Text(String),
}

impl BusName {
    /// The most digits of a bus number.
    const MOST_DIGITS: usize = 6;

    /// The name that was written as a text: a number by itself, or after one of these. It is as people write numbers: "01" is none.
    pub(super) fn numbered_after(prefixes: &[&str], written: &str) -> Self {
        let digits = prefixes.iter().find_map(|prefix| written.strip_prefix(prefix)).unwrap_or(written);
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
