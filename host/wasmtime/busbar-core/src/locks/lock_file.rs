use super::record::{LONGEST_RECORD, LockRecord, describe_process};
use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::Read;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// A file can be removed by the process that gives it up between opening and locking it; then there is a new one.
const MOST_TRIES: u32 = 8;

/// Others must be able to read who has it.
const MODE: u32 = 0o644;

/// Who has a lock, as people need it.
pub(super) type Description = String;

/// A file that this process has locked. The kernel gives it up when the process ends, however it ends, so that no lock is
/// ever stale; what a killed process wrote into it stays to be read.
pub(super) struct LockFile {
    path: PathBuf,
    file: File,
    /// False for another user's, which can be locked, but not written.
    is_own: bool,
}

impl LockFile {
    /// Locks a file, made first where it is missing. `Ok(None)` where no file can be made or locked here; the error is
    /// who else has it.
    pub(super) fn take(path: &Path) -> Result<Option<Self>, Description> {
        Self::lock(path, true)
    }

    /// Locks a file that is there; `Ok(None)` where it is not, or cannot be read.
    pub(super) fn existing(path: &Path) -> Result<Option<Self>, Description> {
        Self::lock(path, false)
    }

    fn lock(path: &Path, make: bool) -> Result<Option<Self>, Description> {
        for _ in 0..MOST_TRIES {
            let Some((file, is_own)) = open_or_make(path, make) else {
                return holder_of_unreadable(path).map_or(Ok(None), Err);
            };
            let Ok(metadata) = file.metadata() else { return Ok(None) };
            if !metadata.is_file() {
                return Ok(None);
            }
            // flock(2) with LOCK_EX | LOCK_NB.
            if file.try_lock().is_err() {
                return Err(holder_of(&file, &metadata));
            }
            if is_still(path, &metadata) {
                return Ok(Some(Self { path: path.to_owned(), file, is_own }));
            }
        }
        Ok(None)
    }

    /// What the process before wrote; `None` where that is nothing.
    pub(super) fn record(&self) -> Option<LockRecord> {
        read_record(&self.file)
    }

    /// Says who has it. A full disk, or a file of another user's, must not keep a device from being used: the lock holds
    /// without it, and whoever comes second learns the process from /proc/locks.
    pub(super) fn write(&self, record: &LockRecord) {
        if self.is_own && self.file.set_len(0).is_ok() {
            let _ = self.file.write_all_at(record.to_line().as_bytes(), 0);
        }
    }

    /// Gives it up. `keep` leaves the file with what it says.
    pub(super) fn release(self, keep: bool) {
        if !keep {
            // In a folder of everybody's, only its owner can; a file that nobody has locked is no harm.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// No link is followed and no pipe is waited for: the folder is everybody's.
fn open_or_make(path: &Path, make: bool) -> Option<(File, bool)> {
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
    if let Ok(file) = OpenOptions::new().read(true).write(true).custom_flags(flags).open(path) {
        return Some((file, true));
    }
    if let Ok(file) = OpenOptions::new().read(true).custom_flags(flags).open(path) {
        return Some((file, false));
    }
    if !make {
        return None;
    }
    let made = OpenOptions::new().read(true).write(true).create_new(true).mode(MODE).custom_flags(flags).open(path);
    let file = made.ok()?;
    // Whatever the mask of this process is.
    let _ = file.set_permissions(Permissions::from_mode(MODE));
    Some((file, true))
}

/// Of a file that cannot even be opened: the kernel still tells whether it is locked.
fn holder_of_unreadable(path: &Path) -> Option<Description> {
    let metadata = fs::symlink_metadata(path).ok()?;
    locking_process(&metadata).map(describe_process)
}

fn is_still(path: &Path, metadata: &Metadata) -> bool {
    fs::symlink_metadata(path).is_ok_and(|now| now.dev() == metadata.dev() && now.ino() == metadata.ino())
}

fn holder_of(file: &File, metadata: &Metadata) -> Description {
    match read_record(file) {
        Some(record) if record.is_alive() => record.describe(),
        _ => locking_process(metadata).map_or_else(|| "another process".to_owned(), describe_process),
    }
}

/// "1: FLOCK  ADVISORY  WRITE 4711 00:1a:12345 0 EOF": proc(5), /proc/locks.
fn locking_process(metadata: &Metadata) -> Option<u64> {
    let inode = metadata.ino().to_string();
    let locks = String::from_utf8_lossy(&all_locks()?).into_owned();
    locks.lines().find_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [_, "FLOCK", _, _, pid, file, ..] = words[..] else { return None };
        if file.rsplit(':').next() != Some(&inode) {
            return None;
        }
        pid.parse().ok().filter(|pid| *pid > 0)
    })
}

/// /proc/locks, in reads as large as can be: the kernel counts lines, so that of a list that changes between two reads, as
/// many as went are left out. `std::fs::read` would begin with 32 bytes.
fn all_locks() -> Option<Vec<u8>> {
    const READ_LENGTH: usize = 64 * 1024;
    let mut file = File::open("/proc/locks").ok()?;
    let mut text = Vec::new();
    let mut buffer = vec![0; READ_LENGTH];
    loop {
        match file.read(&mut buffer).ok()? {
            0 => return Some(text),
            length => text.extend_from_slice(&buffer[..length]),
        }
    }
}

fn read_record(file: &File) -> Option<LockRecord> {
    let mut bytes = [0; LONGEST_RECORD];
    let length = file.read_at(&mut bytes, 0).ok()?;
    LockRecord::parse(&bytes[..length])
}
