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
const CODES: [(i32, FolderError); 20] = [
    (libc::EACCES, FolderError::Access),
    (libc::EBADF, FolderError::BadDescriptor),
    (libc::EBUSY, FolderError::Busy),
    (libc::EDQUOT, FolderError::Quota),
    (libc::EEXIST, FolderError::Exist),
    (libc::EFBIG, FolderError::FileTooLarge),
    (libc::EILSEQ, FolderError::IllegalByteSequence),
    (libc::EINVAL, FolderError::Invalid),
    (libc::EISDIR, FolderError::IsDirectory),
    (libc::ELOOP, FolderError::Loop),
    // What O_NOFOLLOW answers on some systems.
    (libc::EMLINK, FolderError::Loop),
    (libc::ENAMETOOLONG, FolderError::NameTooLong),
    (libc::ENOENT, FolderError::NoEntry),
    (libc::ENOSPC, FolderError::InsufficientSpace),
    (libc::ENOTDIR, FolderError::NotDirectory),
    (libc::ENOTEMPTY, FolderError::NotEmpty),
    // A pipe without a reader, opened with O_NONBLOCK.
    (libc::ENXIO, FolderError::Invalid),
    (libc::EPERM, FolderError::NotPermitted),
    (libc::EROFS, FolderError::ReadOnly),
    (libc::EXDEV, FolderError::CrossDevice),
];

impl From<io::Error> for FolderError {
    fn from(error: io::Error) -> Self {
        let found = CODES.iter().find(|(number, _)| error.raw_os_error() == Some(*number));
        found.map_or(Self::Io, |(_, code)| *code)
    }
}
