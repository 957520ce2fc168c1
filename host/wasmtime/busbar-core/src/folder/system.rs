//! The functions of the system that take an open folder and a name in it: the only place of the folders with unsafe code.
//! No name has a "/" in it, so that none leads out of the folder; none is a link that is followed.

use super::stat::{FileType, FolderStat, FolderTime};
use super::{Creation, FileUse, FolderEntry};
use std::ffi::{CStr, CString};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, IntoRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr::NonNull;
use std::time::Duration;

/// What every file and folder is opened with.
const ALWAYS: i32 = libc::O_NOFOLLOW | libc::O_CLOEXEC;
const FOLDER: i32 = ALWAYS | libc::O_RDONLY | libc::O_DIRECTORY;
/// Before what a process takes from the rights of its files.
const NEW_FILE_MODE: libc::mode_t = 0o666;
const NEW_FOLDER_MODE: libc::mode_t = 0o777;

/// A folder by its path.
pub(super) fn open_folder(path: &Path) -> io::Result<OwnedFd> {
    let path = CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: the path is a C string that outlives the call.
    let descriptor = checked(unsafe { libc::open(path.as_ptr(), FOLDER) })?;
    // SAFETY: it was opened just now, and nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

/// A folder in a folder, or `.` for that folder again.
pub(super) fn open_folder_at(folder: BorrowedFd<'_>, name: &str) -> io::Result<OwnedFd> {
    open_at(folder, name, FOLDER)
}

/// A file in a folder. Without O_NONBLOCK, opening a pipe would wait for its other end.
pub(super) fn open_file_at(folder: BorrowedFd<'_>, name: &str, file_use: FileUse) -> io::Result<OwnedFd> {
    let access = match (file_use.read, file_use.write) {
        (true, true) => libc::O_RDWR,
        (false, true) => libc::O_WRONLY,
        (_, false) => libc::O_RDONLY,
    };
    let creation = match file_use.create {
        Creation::Never => 0,
        Creation::IfMissing => libc::O_CREAT,
        Creation::New => libc::O_CREAT | libc::O_EXCL,
    };
    open_at(folder, name, ALWAYS | libc::O_NONBLOCK | access | creation)
}

fn open_at(folder: BorrowedFd<'_>, name: &str, flags: i32) -> io::Result<OwnedFd> {
    let name = c_name(name)?;
    // SAFETY: the name is a C string that outlives the call, and the descriptor is open.
    let opened = unsafe { libc::openat(folder.as_raw_fd(), name.as_ptr(), flags, NEW_FILE_MODE) };
    // SAFETY: it was opened just now, and nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(checked(opened)?) })
}

/// What is known of an open file or folder.
pub(super) fn stat(file: BorrowedFd<'_>) -> io::Result<FolderStat> {
    let mut found = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: the descriptor is open, and there is room for the answer.
    checked(unsafe { libc::fstat(file.as_raw_fd(), found.as_mut_ptr()) })?;
    // SAFETY: the system has filled it in, for it succeeded.
    Ok(stat_of(&unsafe { found.assume_init() }))
}

/// What is known of a file or folder in a folder; of a link, of itself.
pub(super) fn stat_at(folder: BorrowedFd<'_>, name: &str) -> io::Result<FolderStat> {
    let name = c_name(name)?;
    let mut found = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: the name is a C string that outlives the call, the descriptor is open, and there is room for the answer.
    checked(unsafe {
        libc::fstatat(folder.as_raw_fd(), name.as_ptr(), found.as_mut_ptr(), libc::AT_SYMLINK_NOFOLLOW)
    })?;
    // SAFETY: the system has filled it in, for it succeeded.
    Ok(stat_of(&unsafe { found.assume_init() }))
}

/// Makes a folder in a folder.
pub(super) fn create_directory_at(folder: BorrowedFd<'_>, name: &str) -> io::Result<()> {
    let name = c_name(name)?;
    // SAFETY: the name is a C string that outlives the call, and the descriptor is open.
    checked(unsafe { libc::mkdirat(folder.as_raw_fd(), name.as_ptr(), NEW_FOLDER_MODE) }).map(drop)
}

/// Takes what is no folder out of a folder.
pub(super) fn remove_file_at(folder: BorrowedFd<'_>, name: &str) -> io::Result<()> {
    remove_at(folder, name, 0)
}

/// Takes an empty folder out of a folder.
pub(super) fn remove_directory_at(folder: BorrowedFd<'_>, name: &str) -> io::Result<()> {
    remove_at(folder, name, libc::AT_REMOVEDIR)
}

fn remove_at(folder: BorrowedFd<'_>, name: &str, flags: i32) -> io::Result<()> {
    let name = c_name(name)?;
    // SAFETY: the name is a C string that outlives the call, and the descriptor is open.
    checked(unsafe { libc::unlinkat(folder.as_raw_fd(), name.as_ptr(), flags) }).map(drop)
}

/// Gives something in a folder another name, or another folder too.
pub(super) fn rename_at(
    old_folder: BorrowedFd<'_>,
    old_name: &str,
    folder: BorrowedFd<'_>,
    name: &str,
) -> io::Result<()> {
    let (old_name, name) = (c_name(old_name)?, c_name(name)?);
    // SAFETY: the names are C strings that outlive the call, and the descriptors are open.
    let renamed =
        unsafe { libc::renameat(old_folder.as_raw_fd(), old_name.as_ptr(), folder.as_raw_fd(), name.as_ptr()) };
    checked(renamed).map(drop)
}

/// Dates an open file.
pub(super) fn set_times(file: BorrowedFd<'_>, accessed: FolderTime, modified: FolderTime) -> io::Result<()> {
    let times = [timespec(accessed)?, timespec(modified)?];
    // SAFETY: the descriptor is open, and there are two times.
    checked(unsafe { libc::futimens(file.as_raw_fd(), times.as_ptr()) }).map(drop)
}

/// Dates a file or folder in a folder; a link itself.
pub(super) fn set_times_at(
    folder: BorrowedFd<'_>,
    name: &str,
    accessed: FolderTime,
    modified: FolderTime,
) -> io::Result<()> {
    let name = c_name(name)?;
    let times = [timespec(accessed)?, timespec(modified)?];
    // SAFETY: the name is a C string that outlives the call, the descriptor is open, and there are two times.
    let dated =
        unsafe { libc::utimensat(folder.as_raw_fd(), name.as_ptr(), times.as_ptr(), libc::AT_SYMLINK_NOFOLLOW) };
    checked(dated).map(drop)
}

/// A folder that is read.
#[derive(Debug)]
pub(super) struct Directory {
    stream: NonNull<libc::DIR>,
}

// SAFETY: a stream of the C library belongs to no thread, and is only reached through `&mut self`.
unsafe impl Send for Directory {}
// SAFETY: nothing can be done with a `&Directory`.
unsafe impl Sync for Directory {}

impl Directory {
    pub(super) fn of(descriptor: OwnedFd) -> io::Result<Self> {
        let descriptor = descriptor.into_raw_fd();
        // SAFETY: the descriptor is open and nobody else's; from here on it is the stream's.
        let stream = NonNull::new(unsafe { libc::fdopendir(descriptor) });
        stream.map(|stream| Self { stream }).ok_or_else(|| {
            let error = io::Error::last_os_error();
            // SAFETY: without a stream it is still ours.
            drop(unsafe { OwnedFd::from_raw_fd(descriptor) });
            error
        })
    }

    /// The next name; none at the end.
    pub(super) fn read(&mut self) -> io::Result<Option<FolderEntry>> {
        // SAFETY: errno is this thread's own; zero tells the end from an error.
        unsafe { *libc::__errno_location() = 0 };
        // SAFETY: the stream is open until `self` is dropped.
        let entry = unsafe { libc::readdir(self.stream.as_ptr()) };
        if entry.is_null() {
            let error = io::Error::last_os_error();
            return if error.raw_os_error() == Some(0) { Ok(None) } else { Err(error) };
        }
        // SAFETY: an entry is valid until the next call, and its name ends with a zero byte.
        let (name, kind) = unsafe { (CStr::from_ptr((&raw const (*entry).d_name).cast()), (*entry).d_type) };
        let file_type = match kind {
            libc::DT_DIR => FileType::Directory,
            libc::DT_REG => FileType::RegularFile,
            libc::DT_LNK => FileType::SymbolicLink,
            _ => FileType::Unknown,
        };
        Ok(Some(FolderEntry { file_type, name: name.to_string_lossy().into_owned() }))
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // SAFETY: it was opened by `of`, and is closed once.
        unsafe { libc::closedir(self.stream.as_ptr()) };
    }
}

fn c_name(name: &str) -> io::Result<CString> {
    if name.contains('/') {
        return Err(io::Error::from_raw_os_error(libc::EINVAL));
    }
    CString::new(name).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))
}

fn checked(answer: i32) -> io::Result<i32> {
    if answer < 0 { Err(io::Error::last_os_error()) } else { Ok(answer) }
}

// The types of these numbers differ from one machine to another.
#[allow(clippy::unnecessary_cast)]
fn stat_of(found: &libc::stat) -> FolderStat {
    let file_type = match found.st_mode & libc::S_IFMT {
        libc::S_IFDIR => FileType::Directory,
        libc::S_IFREG => FileType::RegularFile,
        libc::S_IFLNK => FileType::SymbolicLink,
        _ => FileType::Unknown,
    };
    let time = |seconds: i64, nanoseconds: i64| match (u64::try_from(seconds), u32::try_from(nanoseconds)) {
        (Ok(seconds), Ok(nanoseconds)) => Duration::new(seconds, nanoseconds),
        _ => Duration::ZERO,
    };
    FolderStat {
        file_type,
        size: u64::try_from(found.st_size).unwrap_or(0),
        links: found.st_nlink as u64,
        accessed: time(found.st_atime as i64, found.st_atime_nsec as i64),
        modified: time(found.st_mtime as i64, found.st_mtime_nsec as i64),
        changed: time(found.st_ctime as i64, found.st_ctime_nsec as i64),
        identity: (found.st_dev as u64, found.st_ino as u64),
    }
}

fn timespec(time: FolderTime) -> io::Result<libc::timespec> {
    let (seconds, nanoseconds) = match time {
        FolderTime::Unchanged => (0, libc::UTIME_OMIT),
        FolderTime::Now => (0, libc::UTIME_NOW),
        FolderTime::At(since_1970) => {
            let seconds =
                libc::time_t::try_from(since_1970.as_secs()).map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))?;
            (seconds, since_1970.subsec_nanos().into())
        }
    };
    Ok(libc::timespec { tv_sec: seconds, tv_nsec: nanoseconds })
}
