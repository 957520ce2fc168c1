//! A board file from the disk.

use super::entry::Board;
use super::parse::parse_board;
use super::text::{LONGEST_BOARD, too_long_board};
use crate::error::HostError;
use crate::system_error::error_name;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The most bytes of a UTF-16 code unit in UTF-8.
const MOST_BYTES_OF_A_UNIT: usize = 3;

/// Reads and checks a board file. What is no UTF-8 becomes U+FFFD; a byte order mark is no JSON.
///
/// An error's code is [`crate::error::HostErrorCode::Board`].
pub fn read_board(path: impl AsRef<Path>) -> Result<Board, HostError> {
    let path = path.as_ref();
    let source = path.display().to_string();
    let bytes = read(path).map_err(|error| unreadable(&source, &error))?;
    match bytes {
        Some(bytes) => parse_board(&String::from_utf8_lossy(&bytes), &source),
        None => Err(too_long_board(&format!("the board file {source}"))),
    }
}

/// Gives nothing where it is too long. A pipe has no length before it has been read, and is read no further than it may be
/// long.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    if usize::try_from(path.metadata()?.len()).is_ok_and(|length| length <= LONGEST_BOARD) {
        let mut bytes = Vec::new();
        let most = LONGEST_BOARD * MOST_BYTES_OF_A_UNIT + 1;
        File::open(path)?.take(most as u64).read_to_end(&mut bytes)?;
        return Ok(Some(bytes));
    }
    Ok(None)
}

fn unreadable(source: &str, error: &io::Error) -> HostError {
    let what = match error.raw_os_error() {
        Some(libc::ENOENT) => "does not exist; write one, or name another".to_owned(),
        _ => format!("cannot be read ({})", error_name(error)),
    };
    HostError::board(format!("the board file {source} {what}."))
}
