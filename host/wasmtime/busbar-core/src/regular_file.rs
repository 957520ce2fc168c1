//! Files that somebody else may have made: a pipe, a device or a file without end is none of them.

use crate::system_error::error_name;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;

const MIB: u64 = 1024 * 1024;

/// Why a file is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnfitFile {
    /// There is none.
    Missing,
    /// It is no file, or too long: a clause, "it is a folder, and no file".
    Unfit(String),
    /// The system refuses it: the name of its error, "EACCES".
    Unreadable(&'static str),
}

impl From<io::Error> for UnfitFile {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound { Self::Missing } else { Self::Unreadable(error_name(&error)) }
    }
}

/// Opens a regular file of at most so many bytes, as it is then: never waits for what is at the other end of a pipe or a
/// device. Gives its length, too.
///
/// # Errors
///
/// Why it is not read.
pub fn open_regular(path: &Path, most_bytes: u64) -> Result<(File, u64), UnfitFile> {
    // Before opening, too: opening a device can do something.
    require_regular(&fs::metadata(path)?)?;
    let file = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path)?;
    let metadata = file.metadata()?;
    require_regular(&metadata)?;
    let length = metadata.len();
    if length > most_bytes {
        let message = format!("it has {} MiB, and {} are allowed", length.div_ceil(MIB), most_bytes / MIB);
        return Err(UnfitFile::Unfit(message));
    }
    Ok((file, length))
}

fn require_regular(metadata: &Metadata) -> Result<(), UnfitFile> {
    let kind = metadata.file_type();
    let what = match () {
        () if kind.is_file() => return Ok(()),
        () if kind.is_dir() => "a folder",
        () if kind.is_fifo() => "a pipe",
        () if kind.is_socket() => "a socket",
        () => "a device",
    };
    Err(UnfitFile::Unfit(format!("it is {what}, and no file")))
}

#[cfg(test)]
mod tests {
    use super::{MIB, UnfitFile, open_regular};
    use std::ffi::CString;
    use std::fs::{self, File};
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    /// host/node/test/bounded-file.test.ts has the same files with the same clauses.
    #[test]
    fn what_is_no_file_of_a_sane_size_is_refused_at_once() {
        let folder = std::env::temp_dir().join(format!("busbar-files-{}", std::process::id()));
        fs::create_dir_all(folder.join("folder")).expect("a folder");
        let pipe = CString::new(folder.join("pipe").to_string_lossy().as_bytes()).expect("no zero in it");
        // SAFETY: the path ends with a zero, and lives as long as the call.
        assert_eq!(unsafe { libc::mkfifo(pipe.as_ptr(), 0o600) }, 0);
        symlink("pipe", folder.join("link")).expect("a link");
        symlink("loop", folder.join("loop")).expect("a link");
        drop(UnixListener::bind(folder.join("socket")).expect("a socket"));
        let long = File::create(folder.join("long")).expect("a file");
        long.set_len(64 * MIB + 1).expect("it has no blocks");
        fs::write(folder.join("file"), "abc").expect("a file");
        let open = |name: &str| open_regular(&folder.join(name), 64 * MIB);
        let unfit = |message: &str| UnfitFile::Unfit(message.to_owned());
        for (name, why) in [
            ("pipe", unfit("it is a pipe, and no file")),
            ("link", unfit("it is a pipe, and no file")),
            ("folder", unfit("it is a folder, and no file")),
            ("socket", unfit("it is a socket, and no file")),
            ("/dev/zero", unfit("it is a device, and no file")),
            ("long", unfit("it has 65 MiB, and 64 are allowed")),
            ("loop", UnfitFile::Unreadable("ELOOP")),
            ("none", UnfitFile::Missing),
        ] {
            assert_eq!(open(name).expect_err(name), why);
        }
        assert_eq!(open("file").expect("it is one").1, 3);
        fs::remove_dir_all(folder).expect("it is ours");
    }
}
