//! JSON's grammar (RFC 8259). serde_json would not do: it refuses half characters and too large numbers as wrong JSON, which
//! they are not, and takes the last of two equal keys in silence.

use super::json::{Json, in_javascript_order};
use std::collections::HashMap;

/// What a text is.
pub(super) struct Parsed {
    pub(super) json: Json<Vec<u16>>,
    /// The first key that its object has twice.
    pub(super) duplicate: Option<Duplicate>,
}

/// A key that is there twice.
pub(super) struct Duplicate {
    /// The keys on the way to it, and itself; lists leave nothing in it.
    pub(super) path: Vec<Vec<u16>>,
    /// Where both begin, in bytes.
    pub(super) offsets: [usize; 2],
}

/// Parses a text whose values lie no deeper in each other than the stack can bear.
///
/// Gives what is wrong otherwise, as the rest of "... is not JSON: ".
pub(super) fn parse(text: &str) -> Result<Parsed, String> {
    let mut parser = Parser { text, at: 0, path: Vec::new(), duplicate: None };
    let json = parser.value()?;
    parser.skip_space();
    if parser.at < text.len() {
        return Err(parser.expected("the end"));
    }
    Ok(Parsed { json, duplicate: parser.duplicate })
}

struct Parser<'a> {
    text: &'a str,
    /// In bytes, always between two characters.
    at: usize,
    path: Vec<Vec<u16>>,
    duplicate: Option<Duplicate>,
}

impl Parser<'_> {
    fn value(&mut self) -> Result<Json<Vec<u16>>, String> {
        self.skip_space();
        match self.peek() {
            Some('{') => self.object(),
            Some('[') => self.list(),
            Some('"') => self.string().map(Json::Text),
            Some('-' | '0'..='9') => self.number(),
            _ => {
                let words = [("null", Json::Null), ("true", Json::Boolean(true)), ("false", Json::Boolean(false))];
                let word = words.into_iter().find(|(word, _)| self.take(word));
                word.map(|(_, value)| value).ok_or_else(|| self.expected("a value"))
            }
        }
    }

    fn object(&mut self) -> Result<Json<Vec<u16>>, String> {
        self.at += 1;
        let mut entries = Vec::new();
        let mut offsets = HashMap::new();
        self.skip_space();
        if self.take("}") {
            return Ok(Json::Object(entries));
        }
        loop {
            self.skip_space();
            let offset = self.at;
            if self.peek() != Some('"') {
                return Err(self.expected("a key in double quotes"));
            }
            let key = self.string()?;
            self.skip_space();
            if !self.take(":") {
                return Err(self.expected("a colon"));
            }
            self.path.push(key.clone());
            if let Some(before) = offsets.insert(key.clone(), offset)
                && self.duplicate.is_none()
            {
                self.duplicate = Some(Duplicate { path: self.path.clone(), offsets: [before, offset] });
            }
            let value = self.value()?;
            self.path.pop();
            entries.push((key, value));
            self.skip_space();
            if self.take("}") {
                in_javascript_order(&mut entries);
                return Ok(Json::Object(entries));
            }
            if !self.take(",") {
                return Err(self.expected("a comma or a closing brace"));
            }
        }
    }

    fn list(&mut self) -> Result<Json<Vec<u16>>, String> {
        self.at += 1;
        let mut items = Vec::new();
        self.skip_space();
        if self.take("]") {
            return Ok(Json::List(items));
        }
        loop {
            items.push(self.value()?);
            self.skip_space();
            if self.take("]") {
                return Ok(Json::List(items));
            }
            if !self.take(",") {
                return Err(self.expected("a comma or a closing bracket"));
            }
        }
    }

    fn string(&mut self) -> Result<Vec<u16>, String> {
        self.at += 1;
        let mut units = Vec::new();
        loop {
            match self.peek() {
                Some('"') => {
                    self.at += 1;
                    return Ok(units);
                }
                Some('\\') => {
                    self.at += 1;
                    units.push(self.escape()?);
                }
                Some(character) if character >= ' ' => {
                    self.at += character.len_utf8();
                    units.extend_from_slice(character.encode_utf16(&mut [0; 2]));
                }
                _ => return Err(self.expected("the rest of a text, up to its double quote,")),
            }
        }
    }

    fn escape(&mut self) -> Result<u16, String> {
        let simple = [
            ('"', b'"'),
            ('\\', b'\\'),
            ('/', b'/'),
            ('b', 0x08),
            ('f', 0x0c),
            ('n', b'\n'),
            ('r', b'\r'),
            ('t', b'\t'),
        ];
        let letter = self.peek();
        if let Some((_, meant)) = simple.into_iter().find(|(each, _)| Some(*each) == letter) {
            self.at += 1;
            return Ok(u16::from(meant));
        }
        let digits = self.text.get(self.at + 1..self.at + 5);
        let digits = digits.filter(|digits| digits.bytes().all(|each| each.is_ascii_hexdigit()));
        match digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()) {
            Some(unit) if letter == Some('u') => {
                self.at += 5;
                Ok(unit)
            }
            _ => Err(self.expected("an escape such as \\n or \\u00e9")),
        }
    }

    fn number(&mut self) -> Result<Json<Vec<u16>>, String> {
        let start = self.at;
        self.take("-");
        if !self.take("0") {
            self.digits()?;
        }
        if self.take(".") {
            self.digits()?;
        }
        if self.take("e") || self.take("E") {
            let _sign = self.take("+") || self.take("-");
            self.digits()?;
        }
        let written = self.text.get(start..self.at).unwrap_or_default();
        written.parse().map(Json::Number).map_err(|_| self.expected("a number"))
    }

    fn digits(&mut self) -> Result<(), String> {
        let start = self.at;
        while matches!(self.peek(), Some('0'..='9')) {
            self.at += 1;
        }
        if self.at == start { Err(self.expected("a digit")) } else { Ok(()) }
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    /// Goes past this word if it is next.
    fn take(&mut self, word: &str) -> bool {
        let is_next = self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word));
        if is_next {
            self.at += word.len();
        }
        is_next
    }

    fn expected(&self, what: &str) -> String {
        let before = self.text.get(..self.at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        format!("expected {what} in line {line}, column {column}")
    }
}

#[cfg(test)]
mod tests {
    use super::super::json::Json;
    use super::parse;

    #[test]
    fn board_json_that_is_none_names_the_place() {
        for (text, message) in [
            ("", "expected a value in line 1, column 1"),
            ("{\n  \"é\": tru}", "expected a value in line 2, column 8"),
            ("\u{feff}{}", "expected a value in line 1, column 1"),
            ("{'a': 1}", "expected a key in double quotes in line 1, column 2"),
            ("{\"a\" 1}", "expected a colon in line 1, column 6"),
            ("{\"a\": 1,}", "expected a key in double quotes in line 1, column 9"),
            ("{\"a\": 1", "expected a comma or a closing brace in line 1, column 8"),
            ("[1 2]", "expected a comma or a closing bracket in line 1, column 4"),
            ("[1,]", "expected a value in line 1, column 4"),
            ("[01]", "expected a comma or a closing bracket in line 1, column 3"),
            ("[1.]", "expected a digit in line 1, column 4"),
            ("[.5]", "expected a value in line 1, column 2"),
            ("[1e]", "expected a digit in line 1, column 4"),
            ("[+1]", "expected a value in line 1, column 2"),
            ("[-]", "expected a digit in line 1, column 3"),
            ("\"\\x\"", "expected an escape such as \\n or \\u00e9 in line 1, column 3"),
            ("\"\\u12\"", "expected an escape such as \\n or \\u00e9 in line 1, column 3"),
            ("\"\\u+123\"", "expected an escape such as \\n or \\u00e9 in line 1, column 3"),
            ("\"\\u12é4\"", "expected an escape such as \\n or \\u00e9 in line 1, column 3"),
            ("\"a\nb\"", "expected the rest of a text, up to its double quote, in line 1, column 3"),
            ("\"a", "expected the rest of a text, up to its double quote, in line 1, column 3"),
            ("{} x", "expected the end in line 1, column 4"),
            ("\u{a0}1", "expected a value in line 1, column 1"),
        ] {
            assert_eq!(parse(text).err().as_deref(), Some(message), "{text}");
        }
    }

    #[test]
    fn board_json_has_everything_that_json_has() {
        let text =
            " [\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\u{1f600}\\ud83d\", -0.5e+1, 1E400, null, true, false, {}, []] ";
        let units: Vec<u16> = "\"\\/\u{8}\u{c}\n\r\té\u{1f600}".encode_utf16().chain(std::iter::once(0xd83d)).collect();
        let items = vec![
            Json::Text(units),
            Json::Number(-5.0),
            Json::Number(f64::INFINITY),
            Json::Null,
            Json::Boolean(true),
            Json::Boolean(false),
            Json::Object(vec![]),
            Json::List(vec![]),
        ];
        assert_eq!(parse(text).ok().map(|parsed| parsed.json), Some(Json::List(items)));
    }
}
