//! What somebody wrote, as messages show it.

use super::json::Json;
use crate::text;

/// The most of what somebody wrote that a message has, in UTF-16 code units.
const LONGEST_SHOWN: usize = 200;

/// The beginning of a text, in which it is known again.
pub(super) fn cut(text: &str) -> String {
    text::cut(text, LONGEST_SHOWN)
}

/// A value as messages show it; of lists and objects, only that.
pub(super) fn shown(value: &Json) -> String {
    cut(&match value {
        Json::Null => "null".to_owned(),
        Json::Boolean(value) => value.to_string(),
        Json::Number(number) => text::number(*number),
        Json::Text(text) => format!("\"{text}\""),
        Json::List(_) => "a list".to_owned(),
        Json::Object(_) => "an object".to_owned(),
    })
}
