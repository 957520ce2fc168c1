//! Text of others (devices, components, files) made safe to show. A driver must not be able to move a terminal's cursor,
//! to fake a line of a log, to turn text around, or to hide some of it.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use core::ops::RangeInclusive;

/// Everything that is obeyed or not seen instead of shown, as host/core/src/text.ts has it:
/// `[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]` of Unicode 17. (A Rust text has no lone surrogates.) In order.
const UNPRINTABLE: [RangeInclusive<char>; 27] = [
    '\u{0}'..='\u{1f}',
    '\u{7f}'..='\u{9f}',
    '\u{ad}'..='\u{ad}',
    '\u{34f}'..='\u{34f}',
    '\u{600}'..='\u{605}',
    '\u{61c}'..='\u{61c}',
    '\u{6dd}'..='\u{6dd}',
    '\u{70f}'..='\u{70f}',
    '\u{890}'..='\u{891}',
    '\u{8e2}'..='\u{8e2}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{200b}'..='\u{200f}',
    '\u{2028}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{3164}'..='\u{3164}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff0}'..='\u{fffb}',
    '\u{110bd}'..='\u{110bd}',
    '\u{110cd}'..='\u{110cd}',
    '\u{13430}'..='\u{1343f}',
    '\u{1bca0}'..='\u{1bca3}',
    '\u{1d173}'..='\u{1d17a}',
    '\u{e0000}'..='\u{e0fff}',
];

/// Text of others as part of one line that is safe to show.
///
/// `maximum_length`: the most UTF-16 code units that are kept; "…" stands for the rest. Each character that is obeyed or
/// not seen is shown as `\u{1b}`.
pub fn printable(text: &str, maximum_length: usize) -> String {
    replace(&cut(text, maximum_length), |character| format!("\\u{{{:x}}}", character as u32))
}

/// A value's JSON made safe to show: what JSON leaves as it is and a terminal obeys is escaped as JSON does it.
pub fn printable_json(json: &str) -> String {
    replace(json, |character| {
        let mut units = [0; 2];
        character.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect()
    })
}

fn replace(text: &str, shown: impl Fn(char) -> String) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        if is_unprintable(character) {
            result.push_str(&shown(character));
        } else {
            result.push(character);
        }
    }
    result
}

fn is_unprintable(character: char) -> bool {
    // Nearly every character is harmless, and then nothing is looked up.
    !matches!(character, ' '..='~') && UNPRINTABLE.iter().any(|range| range.contains(&character))
}

/// The beginning of a text of others, in UTF-16 code units as on the other hosts; "…" stands for the rest.
pub fn cut(text: &str, maximum_length: usize) -> String {
    let kept = cut_exactly(text, maximum_length);
    if kept.len() < text.len() { format!("{kept}…") } else { text.to_owned() }
}

/// The beginning of a text of others, in UTF-16 code units as on the other hosts, and nothing for the rest.
pub fn cut_exactly(text: &str, maximum_length: usize) -> &str {
    let mut units = 0;
    for (offset, character) in text.char_indices() {
        units += character.len_utf16();
        if units > maximum_length {
            return &text[..offset];
        }
    }
    text
}

/// A text in quotes as JSON has it.
pub fn quoted(text: &str) -> String {
    // A text has a form in JSON.
    serde_json::to_string(text).unwrap_or_default()
}

/// A number as JavaScript prints it: "25.08", "1e+21", "-0" as "0".
pub fn number(value: f64) -> String {
    ryu_js::Buffer::new().format(value).to_owned()
}

/// "get-temperature" as JavaScript has it: "getTemperature".
pub fn camel_case(name: &str) -> String {
    let mut words = name.split('-');
    let first = words.next().unwrap_or_default().to_lowercase();
    words.fold(first, |camel, word| {
        let mut characters = word.chars();
        let initial = characters.next().map(|each| each.to_ascii_uppercase());
        let rest = characters.as_str().to_lowercase();
        camel + &initial.map(String::from).unwrap_or_default() + &rest
    })
}

/// "usb-device" as JavaScript has it for a class: "UsbDevice".
pub fn pascal_case(name: &str) -> String {
    let camel = camel_case(name);
    let mut characters = camel.chars();
    let initial = characters.next().map(|each| each.to_ascii_uppercase());
    initial.map(String::from).unwrap_or_default() + characters.as_str()
}

#[cfg(test)]
mod tests {
    use super::{cut, is_unprintable, number, printable, printable_json, quoted};
    use regress::Regex;

    #[test]
    fn what_a_terminal_obeys_is_shown() {
        assert_eq!(printable("a\u{1b}[2J\u{202e}b\u{9b}", 200), r"a\u{1b}[2J\u{202e}b\u{9b}");
        assert_eq!(printable("Grüße, 25 °C", 200), "Grüße, 25 °C");
        assert_eq!(printable("zero\u{200b}width\u{e0041}", 200), r"zero\u{200b}width\u{e0041}");
        assert_eq!(printable_json("\"\u{7f}\u{e0041}\""), r#""\u007f\udb40\udc41""#);
    }

    #[test]
    fn the_characters_are_those_of_unicode() {
        let pattern = r"^[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]$";
        let pattern = Regex::with_flags(pattern, "u").expect("it is one");
        for character in '\0'..=char::MAX {
            let is_one = pattern.find(character.encode_utf8(&mut [0; 4])).is_some();
            assert_eq!(is_unprintable(character), is_one, "{:x}", u32::from(character));
        }
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "abc…");
        assert_eq!(cut("ab😀", 3), "ab…");
        assert_eq!(cut("ab😀", 4), "ab😀");
    }

    #[test]
    fn texts_and_numbers_are_written_as_on_the_other_hosts() {
        assert_eq!(quoted("a\"\u{1}"), r#""a\"\u0001""#);
        assert_eq!(number(25.08), "25.08");
        assert_eq!(number(1e21), "1e+21");
        assert_eq!(number(-0.0), "0");
        assert_eq!(number(f64::NAN), "NaN");
    }
}
