//! Writing a file so that nobody ever sees half of it, also where the power goes in the middle.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Writes a file in one step: beside its place, down to the disk, and then renamed. What is there stays until then, and
/// where it fails.
///
/// # Errors
///
/// What the system says: ENOSPC, EACCES, ...
pub fn write_whole(path: &Path, parts: &[&[u8]], mode: u32) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    // In the same folder, so that the rename is one step.
    let temporary = folder.join(temporary_name());
    let written = write_new(&temporary, parts, mode).and_then(|()| fs::rename(&temporary, path));
    if let Err(error) = written {
        // What cannot be taken away is no reason to hide why it could not be written.
        let _ = fs::remove_file(&temporary);
        return Err(error);
    }
    sync_folder(folder);
    Ok(())
}

/// Writes the file that a person names, with the folders that it needs: whole or not at all, through a link, and with the
/// rights of the one that was there. What is no file (`/dev/stdout`, a pipe) is written to and stays what it is.
///
/// # Errors
///
/// What the system says.
pub fn write_output_file(path: &Path, content: &[u8]) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(present) if present.is_file() => write_whole(&fs::canonicalize(path)?, &[content], present.mode() & 0o777),
        Ok(_) => fs::write(path, content),
        Err(_) => {
            let path = std::path::absolute(path)?;
            fs::create_dir_all(path.parent().unwrap_or(Path::new("/")))?;
            write_whole(&path, &[content], 0o666)
        }
    }
}

/// Brings a rename to the disk. Some file systems cannot; the file is whole there too, only perhaps the older one.
pub fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// What a file that is being written is called until it is whole: a name that nothing else has, of the form of the host for
/// Node, which takes away what a process that was killed left.
pub fn temporary_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!(".{:08x}-{:08x}-{:018x}.tmp", std::process::id(), count, now.as_nanos() & ((1 << 72) - 1))
}

/// Whether a name is one of [`temporary_name`].
pub fn is_temporary(name: &str) -> bool {
    let middle = name.strip_prefix('.').and_then(|rest| rest.strip_suffix(".tmp"));
    middle.is_some_and(|middle| {
        middle.len() == 36 && middle.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f' | b'-'))
    })
}

fn write_new(path: &Path, parts: &[&[u8]], mode: u32) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
    for part in parts {
        file.write_all(part)?;
    }
    // Without it, a rename may reach the disk before the contents do, and after a power cut the file is empty.
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::{is_temporary, temporary_name, write_whole};
    use std::fs;

    #[test]
    fn a_name_of_what_is_being_written_is_known_as_such() {
        assert!(is_temporary(&temporary_name()));
        assert_ne!(temporary_name(), temporary_name());
        assert!(!is_temporary("71a1533038fcd312e84afc18a5485c28d5169738473f1381b71a58a0af2ce188-x.cwasm"));
    }

    #[test]
    fn what_is_there_stays_where_writing_fails() {
        let folder = std::env::temp_dir().join(format!("busbar-whole-{}", std::process::id()));
        fs::create_dir(&folder).expect("a folder");
        let file = folder.join("taken");
        fs::create_dir(&file).expect("a folder in its place");
        assert!(write_whole(&file, &[b"x"], 0o600).is_err());
        assert_eq!(fs::read_dir(&folder).expect("it is there").count(), 1);
        fs::remove_dir_all(folder).expect("it is ours");
    }
}
