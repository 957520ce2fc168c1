use crate::text::printable;
use regress::Regex;
use std::sync::LazyLock;

/// The longest name that is taken, in bytes.
const LONGEST_NAME: usize = 256;

/// `plainname` and `interfacename` of the component model's Explainer.md, as host/core/src/component/names.ts has them:
/// kebab-case words, each all lower or all upper case.
static EXTERN_NAME: LazyLock<Regex> = LazyLock::new(|| {
    const WORD: &str = "(?:[a-z][a-z0-9]*|[A-Z][A-Z0-9]*)(?:-(?:[0-9]*[a-z][a-z0-9]*|[0-9]*[A-Z][A-Z0-9]*|[0-9]+))*";
    let plain = format!(r"\[constructor\]{WORD}|\[(?:method|static)\]{WORD}\.{WORD}|{WORD}");
    let interface = format!("{WORD}(?::{WORD})+(?:/{WORD})+(?:@[0-9A-Za-z.+-]+)?");
    Regex::new(&format!("^(?:{plain}|{interface})$")).expect("the pattern is a constant, and tested")
});

/// Whether a text is a name of an import or export; else what is wrong.
pub fn require_extern_name(text: &str) -> Result<(), String> {
    if text.len() <= LONGEST_NAME && EXTERN_NAME.find(text).is_some() {
        return Ok(());
    }
    Err(format!("\"{}\" is no name of an import or export", printable(text, 100)))
}

#[cfg(test)]
mod tests {
    use super::require_extern_name;

    #[test]
    fn names_are_those_of_the_component_model() {
        for name in ["run", "wasi:i2c/i2c@0.2.0-draft", "[method]device.read", "wasi:spi/spi", "set-I2C-mode"] {
            assert_eq!(require_extern_name(name), Ok(()));
        }
        for name in ["", "a:b/\u{1b}[2Jc\nd", "__proto__", "Run", "wasi:i2c", "a b", &"x".repeat(257)] {
            assert!(require_extern_name(name).is_err(), "{name}");
        }
        let error = require_extern_name("a:b/\u{1b}[2Jc\nd").expect_err("it would drive a terminal");
        assert_eq!(error, r#""a:b/\u{1b}[2Jc\u{a}d" is no name of an import or export"#);
    }
}
