//! JSON as JavaScript has it: numbers are doubles, and the keys of an object that are whole numbers come first, because the
//! order decides which mistake is told.

/// A value. A text is a list of UTF-16 code units as long as nobody looked whether it has halves of characters.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Json<Text = String> {
    Null,
    Boolean(bool),
    Number(f64),
    Text(Text),
    List(Vec<Json<Text>>),
    /// In the order in which JavaScript goes through it.
    Object(Vec<(Text, Json<Text>)>),
}

impl Json {
    /// What is at this key of an object.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(entries) => entries.iter().find(|(each, _)| each == key).map(|(_, value)| value),
            _ => None,
        }
    }
}

impl Json<Vec<u16>> {
    /// The same with texts; a half of a character becomes U+FFFD.
    pub(crate) fn with_texts(self) -> Json {
        let text = |units: Vec<u16>| String::from_utf16_lossy(&units);
        match self {
            Self::Null => Json::Null,
            Self::Boolean(value) => Json::Boolean(value),
            Self::Number(value) => Json::Number(value),
            Self::Text(units) => Json::Text(text(units)),
            Self::List(items) => Json::List(items.into_iter().map(Self::with_texts).collect()),
            Self::Object(entries) => {
                Json::Object(entries.into_iter().map(|(key, value)| (text(key), value.with_texts())).collect())
            }
        }
    }
}

/// Puts the keys of an object in JavaScript's order (ECMA-262, OrdinaryOwnPropertyKeys): array indices by their number, then
/// all others as they were written.
pub(crate) fn in_javascript_order<Value>(entries: &mut [(Vec<u16>, Value)]) {
    entries.sort_by_key(|(key, _)| array_index(key).unwrap_or(NO_INDEX));
}

/// The first number that is no array index: as good as any other text.
const NO_INDEX: u32 = u32::MAX;

/// `NO_INDEX` is not sorted out.
fn array_index(key: &[u16]) -> Option<u32> {
    let (zero, nine) = (u16::from(b'0'), u16::from(b'9'));
    let is_written_shortest = key.first() != Some(&zero) || key.len() == 1;
    if key.is_empty() || key.len() > 10 || !is_written_shortest {
        return None;
    }
    let mut index: u64 = 0;
    for unit in key {
        if !(zero..=nine).contains(unit) {
            return None;
        }
        index = index * 10 + u64::from(unit - zero);
    }
    u32::try_from(index).ok()
}

/// How long a text is in JavaScript.
pub(crate) fn utf16_length(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use super::in_javascript_order;
    use crate::text::number;

    #[test]
    fn board_keys_come_in_javascripts_order() {
        let mut entries: Vec<(Vec<u16>, ())> = ["b", "10", "01", "4294967295", "a", "4294967294", "2", "-1", "0", ""]
            .iter()
            .map(|key| (key.encode_utf16().collect(), ()))
            .collect();
        in_javascript_order(&mut entries);
        let keys: Vec<String> = entries.iter().map(|(key, ())| String::from_utf16_lossy(key)).collect();
        assert_eq!(keys, ["0", "2", "10", "4294967294", "b", "01", "4294967295", "a", "-1", ""]);
    }

    #[test]
    fn board_numbers_are_written_as_javascript_does() {
        let written = [1e21, 1e20, 0.1, -0.0, 1e-7, 5.0, -1.5].map(number);
        assert_eq!(written, ["1e+21", "100000000000000000000", "0.1", "0", "1e-7", "5", "-1.5"]);
    }
}
