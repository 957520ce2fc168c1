//! What the system calls an error, as the sentences of all hosts have it.

use std::io;

/// The name of an error as errno.h and Node.js have it: "ENOSPC".
pub fn error_name(error: &io::Error) -> &'static str {
    match error.raw_os_error() {
        Some(libc::EACCES) => "EACCES",
        Some(libc::EADDRINUSE) => "EADDRINUSE",
        Some(libc::EAGAIN) => "EAGAIN",
        Some(libc::ECONNREFUSED) => "ECONNREFUSED",
        Some(libc::ECONNRESET) => "ECONNRESET",
        Some(libc::EDQUOT) => "EDQUOT",
        Some(libc::EEXIST) => "EEXIST",
        Some(libc::EFBIG) => "EFBIG",
        Some(libc::EINVAL) | None => "EINVAL",
        Some(libc::EIO) => "EIO",
        Some(libc::EISDIR) => "EISDIR",
        Some(libc::ELOOP) => "ELOOP",
        Some(libc::EMFILE) => "EMFILE",
        Some(libc::ENAMETOOLONG) => "ENAMETOOLONG",
        Some(libc::ENFILE) => "ENFILE",
        Some(libc::ENODEV) => "ENODEV",
        Some(libc::ENOENT) => "ENOENT",
        Some(libc::ENOMEM) => "ENOMEM",
        Some(libc::ENOSPC) => "ENOSPC",
        Some(libc::ENOTDIR) => "ENOTDIR",
        Some(libc::ENXIO) => "ENXIO",
        Some(libc::ENOTSOCK) => "ENOTSOCK",
        Some(libc::EPERM) => "EPERM",
        Some(libc::EPIPE) => "EPIPE",
        Some(libc::EPROTOTYPE) => "EPROTOTYPE",
        Some(libc::EROFS) => "EROFS",
        Some(libc::ESTALE) => "ESTALE",
        Some(_) => "UNKNOWN",
    }
}
