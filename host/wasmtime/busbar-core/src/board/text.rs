//! The text of a board file, up to what its schema says.

use super::json::{Json, utf16_length};
use super::json_parser::{Duplicate, parse};
use super::shown::cut;
use crate::error::HostError;

/// The longest board file, in UTF-16 code units: hundreds of devices need a tenth of it.
pub const LONGEST_BOARD: usize = 1024 * 1024;

/// How deep values may lie in each other; the board file's own part needs six.
const DEEPEST: isize = 32;
const MOST_VALUES: usize = 100_000;

/// What JavaScript's objects have of themselves: on its hosts, a record with such a key would not be what it looks like.
const OBJECTS_OWN: [&str; 3] = ["__proto__", "constructor", "prototype"];

/// Parses a board file's text: no key twice, nothing too deep, and nothing that a host cannot have.
pub(super) fn parse_text(text: &str, source: &str) -> Result<Json, HostError> {
    if utf16_length(text) > LONGEST_BOARD {
        return Err(too_long_board(source));
    }
    refuse_deep(text, source)?;
    let parsed = parse(text).map_err(|message| HostError::board(format!("{source} is not JSON: {message}.")))?;
    if let Some(duplicate) = parsed.duplicate {
        return Err(twice(text, source, &duplicate));
    }
    refuse_oddities(&parsed.json, source)?;
    Ok(parsed.json.with_texts())
}

/// The error for a board file that is too long to be one.
pub(super) fn too_long_board(source: &str) -> HostError {
    HostError::board(format!(
        "{source} has more than {LONGEST_BOARD} characters, which no board needs; name another file."
    ))
}

/// Before the text is parsed, so that a parser that calls itself for each level has few of them.
fn refuse_deep(text: &str, source: &str) -> Result<(), HostError> {
    let mut depth: isize = 0;
    let mut in_string = false;
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => in_string = !in_string,
            b'\\' if in_string => {
                bytes.next();
            }
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth -= 1,
            _ => {}
        }
        if depth > DEEPEST {
            return Err(HostError::board(format!(
                "{source} is nested deeper than {DEEPEST} levels; no board needs that."
            )));
        }
    }
    Ok(())
}

fn twice(text: &str, source: &str, Duplicate { path, offsets }: &Duplicate) -> HostError {
    let path: Vec<String> = path.iter().map(|key| String::from_utf16_lossy(key)).collect();
    let [first, second] = offsets.map(|offset| text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1);
    HostError::board(format!(
        "{source}: \"{}\" is there twice, in line {first} and in line {second}; remove one of them.",
        cut(&path.join("."))
    ))
}

/// Refuses what no board can have: names that are JavaScript's own, halves of characters and numbers without end, and more
/// values than a board file has. The order decides which is told: of the values, the last first.
fn refuse_oddities(json: &Json<Vec<u16>>, source: &str) -> Result<(), HostError> {
    let mut pending = vec![(json, Vec::<String>::new())];
    let mut count = 0;
    while let Some((value, path)) = pending.pop() {
        if count > MOST_VALUES {
            return Err(HostError::board(format!(
                "{source} has more than {MOST_VALUES} values; no board needs as many."
            )));
        }
        count += 1;
        match value {
            Json::Text(units) if !is_whole(units) => return Err(half_a_character(&path, source)),
            Json::Number(number) if number.is_infinite() => {
                let place = place_of(&path);
                return Err(HostError::board(format!(
                    "{source}: {place} is a number that is too large; write a smaller one."
                )));
            }
            Json::List(items) => {
                let below = |index: usize| path.iter().cloned().chain([index.to_string()]).collect();
                pending.extend(items.iter().enumerate().map(|(index, item)| (item, below(index))));
            }
            Json::Object(entries) => {
                for (key, value) in entries {
                    let mut below = path.clone();
                    below.push(String::from_utf16_lossy(key));
                    if OBJECTS_OWN.iter().any(|own| below.last().is_some_and(|key| key == own)) {
                        let place = cut(&below.join("."));
                        return Err(HostError::board(format!(
                            "{source}: \"{place}\" is a name of JavaScript's own; choose another."
                        )));
                    }
                    if !is_whole(key) {
                        return Err(half_a_character(&below, source));
                    }
                    pending.push((value, below));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn is_whole(units: &[u16]) -> bool {
    char::decode_utf16(units.iter().copied()).all(|each| each.is_ok())
}

fn half_a_character(path: &[String], source: &str) -> HostError {
    let place = place_of(path);
    HostError::board(format!(
        "{source}: {place} has half of a character, as \"\\ud83d\" without its \"\\ude00\"; write the whole of it, or remove it."
    ))
}

fn place_of(path: &[String]) -> String {
    if path.is_empty() { "it".to_owned() } else { format!("\"{}\"", cut(&path.join("."))) }
}
