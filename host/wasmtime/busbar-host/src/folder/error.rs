use std::io;

/// Why something in a folder did not work: those of wasi:filesystem/types `error-code` that can happen here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FolderError {
    Access,
    BadDescriptor,
    Busy,
    CrossDevice,
    Exist,
    FileTooLarge,
    IllegalByteSequence,
    InsufficientSpace,
    Invalid,
    Io,
    IsDirectory,
    Loop,
    NameTooLong,
    NoEntry,
    NotDirectory,
    NotEmpty,
    NotPermitted,
    Quota,
    ReadOnly,
}

/// The errors of the system that an app can do something about.
const CODES: [(i32, &str, FolderError); 20] = [
    (libc::EACCES, "EACCES", FolderError::Access),
    (libc::EBADF, "EBADF", FolderError::BadDescriptor),
    (libc::EBUSY, "EBUSY", FolderError::Busy),
    (libc::EDQUOT, "EDQUOT", FolderError::Quota),
    (libc::EEXIST, "EEXIST", FolderError::Exist),
    (libc::EFBIG, "EFBIG", FolderError::FileTooLarge),
    (libc::EILSEQ, "EILSEQ", FolderError::IllegalByteSequence),
    (libc::EINVAL, "EINVAL", FolderError::Invalid),
    (libc::EISDIR, "EISDIR", FolderError::IsDirectory),
    (libc::ELOOP, "ELOOP", FolderError::Loop),
    // What O_NOFOLLOW answers on some systems.
    (libc::EMLINK, "EMLINK", FolderError::Loop),
    (libc::ENAMETOOLONG, "ENAMETOOLONG", FolderError::NameTooLong),
    (libc::ENOENT, "ENOENT", FolderError::NoEntry),
    (libc::ENOSPC, "ENOSPC", FolderError::InsufficientSpace),
    (libc::ENOTDIR, "ENOTDIR", FolderError::NotDirectory),
    (libc::ENOTEMPTY, "ENOTEMPTY", FolderError::NotEmpty),
    // A pipe without a reader, opened with O_NONBLOCK.
    (libc::ENXIO, "ENXIO", FolderError::Invalid),
    (libc::EPERM, "EPERM", FolderError::NotPermitted),
    (libc::EROFS, "EROFS", FolderError::ReadOnly),
    (libc::EXDEV, "EXDEV", FolderError::CrossDevice),
];

impl From<io::Error> for FolderError {
    fn from(error: io::Error) -> Self {
        let found = CODES.iter().find(|(number, ..)| error.raw_os_error() == Some(*number));
        found.map_or(Self::Io, |(_, _, code)| *code)
    }
}

/// What people call an error of the system: "ENOENT".
pub(super) fn name_of(error: &io::Error) -> String {
    let found = CODES.iter().find(|(number, ..)| error.raw_os_error() == Some(*number));
    found.map_or_else(|| error.to_string(), |(_, name, _)| (*name).to_owned())
}
