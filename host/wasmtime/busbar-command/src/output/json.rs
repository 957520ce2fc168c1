use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};
use std::io::{self, Write};

/// A value as one line of JSON, its numbers as JavaScript writes them: 25, not 25.0.
pub fn to_text(value: &Value) -> String {
    let mut text = Vec::new();
    let written = value.serialize(&mut Serializer::with_formatter(&mut text, JavaScriptNumbers));
    debug_assert!(written.is_ok(), "a value of JSON can be written to memory");
    String::from_utf8_lossy(&text).into_owned()
}

struct JavaScriptNumbers;

impl Formatter for JavaScriptNumbers {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(ryu_js::Buffer::new().format(value).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::to_text;
    use serde_json::json;

    #[test]
    fn numbers_are_written_as_javascript_does() {
        let value = json!({ "b": 25.0, "a": [22.508_770_376_029_133, 1e21, -0.0, null], "c": 3 });
        assert_eq!(to_text(&value), r#"{"b":25,"a":[22.508770376029133,1e+21,0,null],"c":3}"#);
    }
}
