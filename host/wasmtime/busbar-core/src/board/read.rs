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

/// Reads and checks a board file.
///
/// An error's code is [`crate::error::HostErrorCode::Board`].
pub fn read_board(path: impl AsRef<Path>) -> Result<Board, HostError> {
    let path = path.as_ref();
    parse_board(&read_board_text(path)?, &path.display().to_string())
}

/// Reads the text of a board file. What is no UTF-8 becomes U+FFFD; a byte order mark is no JSON.
///
/// An error's code is [`crate::error::HostErrorCode::Board`].
pub fn read_board_text(path: impl AsRef<Path>) -> Result<String, HostError> {
    let path = path.as_ref();
    let source = path.display().to_string();
    let bytes = read(path).map_err(|error| unreadable(&source, &error))?;
    match bytes {
        Some(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        None => Err(too_long_board(&format!("the board file {source}"))),
    }
}

/// The folder of a board file, which its paths are relative to.
pub fn folder_of_board(file: &Path) -> &Path {
    file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
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

#[cfg(test)]
mod tests {
    use super::{LONGEST_BOARD, read_board};
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::PathBuf;

    /// A folder of this process, which is taken away in the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("busbar-{name}-{}", std::process::id()));
            fs::create_dir_all(&path).expect("a folder");
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _gone_or_not = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn board_that_cannot_be_read_says_why() {
        let folder = Folder::new("unreadable-board");
        let at = |name: &str| folder.0.join(name).display().to_string();
        symlink("loop", at("loop")).expect("a link");
        fs::write(at("long"), " ".repeat(LONGEST_BOARD + 1)).expect("a file");
        fs::write(at("mark"), "\u{feff}{\"devices\": {}}").expect("a file");
        for (path, message) in [
            (at("none"), "the board file PATH does not exist; write one, or name another."),
            (at(""), "the board file PATH cannot be read (EISDIR)."),
            (at("long/board.json"), "the board file PATH cannot be read (ENOTDIR)."),
            (at("loop"), "the board file PATH cannot be read (ELOOP)."),
            (at(&"x".repeat(300)), "the board file PATH cannot be read (ENAMETOOLONG)."),
            (
                at("long"),
                "the board file PATH has more than 1048576 characters, which no board needs; name another file.",
            ),
            (at("mark"), "PATH is not JSON: expected a value in line 1, column 1."),
            ("/dev/zero".to_owned(), "PATH has more than 1048576 characters, which no board needs; name another file."),
        ] {
            let told = read_board(&path).map_err(|error| error.message);
            assert_eq!(told.err(), Some(message.replace("PATH", &path)));
        }
    }

    #[test]
    fn board_that_is_no_utf8_is_read_with_replacements() {
        let folder = Folder::new("odd-board");
        let path = folder.0.join("board.json");
        let bytes = b"{\"devices\": {\"a\": {\"driver\": \"x\xff\xe2\x82y\"}}}";
        fs::write(&path, bytes).expect("a file");
        let board = read_board(&path).expect("a board");
        assert_eq!(board.devices[0].1.driver.as_deref(), Some("x\u{fffd}\u{fffd}y"));
    }
}
