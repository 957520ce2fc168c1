//! What the command lines of all hosts in Rust have in common.

use crate::exit::Failure;
use crate::output::LogFormat;
use lexopt::{Arg, Parser, ValueExt};
use std::ffi::OsStr;
use std::path::Path;

/// The board where none is named.
pub const DEFAULT_BOARD: &str = "board.json";
/// Milliseconds from one reading to the next, where nothing else is said.
pub const DEFAULT_EVERY_MS: u64 = 1_000;
/// A day.
pub const LONGEST_EVERY_MS: u64 = 86_400_000;
/// The most readings that can be asked for.
pub const MOST_TIMES: u64 = 1_000_000_000;

/// Finds the board among what a command was given: where that begins with the name of a device, which no file here has, the
/// board is ./board.json.
/// `exists` says whether there is a file of a name.
pub fn named_board(operands: &[String], exists: impl Fn(&str) -> bool) -> (String, Vec<String>) {
    let Some((first, rest)) = operands.split_first() else { return (DEFAULT_BOARD.to_owned(), Vec::new()) };
    let is_name = first.starts_with(|character: char| character.is_ascii_lowercase())
        && first.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    if is_name && !exists(first) && exists(DEFAULT_BOARD) {
        return (DEFAULT_BOARD.to_owned(), operands.to_vec());
    }
    (first.clone(), rest.to_vec())
}

/// The board in the current folder, of a command that does without one; none where there is none.
pub fn board_here() -> Option<String> {
    Path::new(DEFAULT_BOARD).exists().then(|| DEFAULT_BOARD.to_owned())
}

/// The only operand of a command; none where it was given none.
///
/// # Errors
///
/// When there are more.
pub fn one_operand(operands: &mut Vec<String>) -> Result<Option<String>, Failure> {
    let mut operands = operands.drain(..);
    let (operand, more) = (operands.next(), operands.next());
    match more {
        Some(more) => Err(Failure::Usage(format!("unexpected argument \"{more}\"."))),
        None => Ok(operand),
    }
}

/// [`one_operand`], which has to be there; `name` is what messages call it.
///
/// # Errors
///
/// When it is missing, or there are more.
pub fn required_operand(name: &str, operands: &mut Vec<String>) -> Result<String, Failure> {
    one_operand(operands)?.ok_or_else(|| Failure::Usage(format!("missing required argument '{name}'.")))
}

/// The next argument of a command. A negative number is a value: no command has options that begin with a digit.
///
/// # Errors
///
/// As [`Parser::next`].
pub fn next_argument(parser: &mut Parser) -> Result<Option<Arg<'_>>, Failure> {
    let number = parser.try_raw_args().and_then(|mut arguments| arguments.next_if(is_negative_number));
    match number {
        Some(number) => Ok(Some(Arg::Value(number))),
        None => parser.next().map_err(usage),
    }
}

fn is_negative_number(argument: &OsStr) -> bool {
    let digits = argument.to_str().and_then(|text| text.strip_prefix('-'));
    digits.is_some_and(|digits| {
        digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') && digits.parse::<f64>().is_ok()
    })
}

/// The value of an option, as text.
///
/// # Errors
///
/// When there is none, or it is no text.
pub fn text(parser: &mut Parser) -> Result<String, Failure> {
    parser.value().and_then(|value| value.string()).map_err(usage)
}

/// That of `--log-format`.
///
/// # Errors
///
/// When there is no such format.
pub fn log_format(text: &str) -> Result<LogFormat, Failure> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(Failure::Usage(format!(
            "option '--log-format <format>' argument '{text}' is invalid. Allowed choices are text, json."
        ))),
    }
}

/// A whole number from 1 to `maximum`; `option` is what messages call it.
///
/// # Errors
///
/// When it is none.
pub fn whole_number(option: &str, text: &str, maximum: u64) -> Result<u64, Failure> {
    let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|number| is_digits && (1..=maximum).contains(number));
    number.ok_or_else(|| {
        let expected = format!("Expected a whole number from 1 to {maximum}.");
        Failure::Usage(format!("option '{option}' argument '{text}' is invalid. {expected}"))
    })
}

/// Wrong use of the command.
pub fn usage(error: lexopt::Error) -> Failure {
    let message = error.to_string();
    Failure::Usage(if message.ends_with('.') { message } else { format!("{message}.") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_negative_number_is_a_value_and_no_option() {
        let mut parser = Parser::from_args(["on", "-1", "-.5e3", "-x", "-"]);
        let mut arguments = Vec::new();
        while let Some(argument) = next_argument(&mut parser).unwrap() {
            arguments.push(format!("{argument:?}"));
        }
        assert_eq!(arguments, ["Value(\"on\")", "Value(\"-1\")", "Value(\"-.5e3\")", "Short('x')", "Value(\"-\")"]);
    }
}
