//! From the text of a board file to a board.

use super::contradictions::refuse_contradictions;
use super::entry::Board;
use super::schema::Schema;
use super::text::parse_text;
use crate::error::HostError;
use serde_json::Value;
use std::sync::LazyLock;

/// The one source of the rules: written by the build of @busbar/host from host/core/src/board/schema.ts.
const SCHEMA: &str = include_str!(env!("BUSBAR_BOARD_SCHEMA"));

static BOARD_SCHEMA: LazyLock<Result<Schema, String>> = LazyLock::new(|| Schema::parse(SCHEMA));

/// Parses and checks the text of a board file.
///
/// `source` is how messages name it: the file's path. An error is one sentence that names the place in the file and what is
/// expected there, the same as on the other hosts; its code is [`crate::error::HostErrorCode::Board`].
pub fn parse_board(text: &str, source: &str) -> Result<Board, HostError> {
    let json = parse_text(text, source)?;
    let schema = BOARD_SCHEMA.as_ref().map_err(|unknown| not_understood(unknown))?;
    let checked = schema.check(&json).map_err(|issue| HostError::board(format!("{source}: {}.", issue.describe())))?;
    let board = Board::of(&checked).map_err(|disagreement| not_understood(&disagreement))?;
    refuse_contradictions(&board, source)?;
    Ok(board)
}

/// Parses a text that is JSON, as strictly as a board file: no key twice, nothing too deep, and nothing that a host cannot
/// have. Its error's code is [`crate::error::HostErrorCode::Board`].
pub fn parse_strict_json(text: &str, source: &str) -> Result<Value, HostError> {
    parse_text(text, source)?
        .to_value()
        .ok_or_else(|| HostError::board(format!("{source} has a number that is too large.")))
}

/// The tests find this out before anybody else does.
fn not_understood(what: &str) -> HostError {
    HostError::board(format!(
        "this host was built with a board schema that it does not understand ({what}); report it."
    ))
}

#[cfg(test)]
mod tests {
    use super::BOARD_SCHEMA;

    #[test]
    fn board_schema_is_understood_as_a_whole() {
        assert_eq!(BOARD_SCHEMA.as_ref().err(), None);
    }
}
