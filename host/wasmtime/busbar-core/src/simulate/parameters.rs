//! Checks of what an entry of `simulate` gives its model. Errors are the rest of the sentence that names the entry, in the
//! words of the host for Node.

use serde_json::{Map, Value};

/// What is wrong with an entry: the rest of a sentence, with its full stop.
pub(super) type Complaint = String;

/// A parameter that is missing. Paths are as in JavaScript: "faults.0.fault".
pub(super) fn missing(path: &str) -> Complaint {
    format!("\"{path}\" is missing.")
}

/// A parameter that is wrong; `what` says what it should be.
pub(super) fn wrong(path: &str, what: &str) -> Complaint {
    format!("\"{path}\": {what}.")
}

/// A parameter of another type, or none of a list of texts.
pub(super) fn unexpected(path: &str, expected: &str, received: &Value) -> Complaint {
    let shown = match received {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::String(text) => format!("\"{text}\""),
        Value::Array(_) => "Array".to_owned(),
        Value::Object(_) => "Object".to_owned(),
    };
    wrong(path, &format!("expected {expected}, not {shown}"))
}

/// Refuses a parameter that the model does not know. `path` is that of the object, with a dot at the end, or empty.
pub(super) fn check_known(object: &Map<String, Value>, known: &[&str], path: &str) -> Result<(), Complaint> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => Err(format!("\"{path}{key}\" is no parameter of this model; remove it, or correct its spelling.")),
    }
}

/// The list of an optional parameter.
pub(super) fn list<'a>(object: &'a Map<String, Value>, key: &str) -> Result<&'a [Value], Complaint> {
    match object.get(key) {
        None => Ok(&[]),
        Some(Value::Array(items)) => Ok(items),
        Some(other) => Err(unexpected(key, "Array", other)),
    }
}

/// The entries of an optional parameter that is an object.
pub(super) fn object<'a>(
    parameters: &'a Map<String, Value>,
    key: &str,
) -> Result<impl Iterator<Item = (&'a String, &'a Value)>, Complaint> {
    match parameters.get(key) {
        None => Ok(None.into_iter().flatten()),
        Some(Value::Object(entries)) => Ok(Some(entries).into_iter().flatten()),
        Some(other) => Err(unexpected(key, "Object", other)),
    }
}

/// A number from `minimum` to `maximum`.
pub(super) fn number(value: &Value, minimum: f64, maximum: f64, path: &str) -> Result<f64, Complaint> {
    value
        .as_f64()
        .filter(|number| (minimum..=maximum).contains(number))
        .ok_or_else(|| wrong(path, &format!("expected a number from {minimum} to {maximum}")))
}

/// A text.
pub(super) fn text<'a>(value: &'a Value, path: &str) -> Result<&'a str, Complaint> {
    value.as_str().ok_or_else(|| unexpected(path, "string", value))
}

/// A whole number from `minimum` to `maximum`. As in JavaScript, 2.0 is one.
pub(super) fn whole_number(value: &Value, minimum: u64, maximum: u64, path: &str) -> Result<u64, Complaint> {
    let whole = value.as_u64().or_else(|| {
        let number = value.as_f64()?;
        if number.fract() == 0.0 && (0.0..=maximum as f64).contains(&number) { Some(number as u64) } else { None }
    });
    whole
        .filter(|number| (minimum..=maximum).contains(number))
        .ok_or_else(|| wrong(path, &format!("expected a whole number from {minimum} to {maximum}")))
}

/// Bytes as hexadecimal text, "706b 4367": two digits a byte, white space ignored, at least one byte.
pub(super) fn hex_bytes(value: &Value, path: &str) -> Result<Vec<u8>, Complaint> {
    let digits: Option<Vec<u8>> = text(value, path)?
        .chars()
        .filter(|character| !is_white_space(*character))
        .map(|character| character.to_digit(16).map(|digit| digit as u8))
        .collect();
    let digits = digits.filter(|digits| !digits.is_empty() && digits.len().is_multiple_of(2));
    let digits =
        digits.ok_or_else(|| wrong(path, "expected bytes in hexadecimal, two digits each, such as \"706b 4367\""))?;
    Ok(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// JavaScript's `\s`.
fn is_white_space(character: char) -> bool {
    character == '\u{feff}' || (character.is_whitespace() && character != '\u{85}')
}

/// An address or a register as people write it: "0x0F".
pub(super) fn hex_byte(value: u16) -> String {
    format!("0x{value:02X}")
}
