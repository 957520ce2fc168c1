//! What the system calls an error, as the sentences of all hosts have it.

use std::io;

macro_rules! named {
    ($($name:ident),+ $(,)?) => { &[$((libc::$name, stringify!($name))),+] };
}

/// Every error of Linux that the host for Node has a name for (libuv's UV_ERRNO_MAP), and two of file systems (EDQUOT,
/// ESTALE).
const NAMES: &[(i32, &str)] = named![
    E2BIG,
    EACCES,
    EADDRINUSE,
    EADDRNOTAVAIL,
    EAFNOSUPPORT,
    EAGAIN,
    EALREADY,
    EBADF,
    EBADMSG,
    EBUSY,
    ECANCELED,
    ECONNABORTED,
    ECONNREFUSED,
    ECONNRESET,
    EDESTADDRREQ,
    EDQUOT,
    EEXIST,
    EFAULT,
    EFBIG,
    EHOSTDOWN,
    EHOSTUNREACH,
    EILSEQ,
    EINTR,
    EINVAL,
    EIO,
    EISCONN,
    EISDIR,
    ELOOP,
    EMFILE,
    EMLINK,
    EMSGSIZE,
    ENAMETOOLONG,
    ENETDOWN,
    ENETUNREACH,
    ENFILE,
    ENOBUFS,
    ENODATA,
    ENODEV,
    ENOENT,
    ENOMEM,
    ENONET,
    ENOPROTOOPT,
    ENOSPC,
    ENOSYS,
    ENOTCONN,
    ENOTDIR,
    ENOTEMPTY,
    ENOTSOCK,
    ENOTTY,
    ENXIO,
    EOPNOTSUPP,
    EOVERFLOW,
    EPERM,
    EPIPE,
    EPROTO,
    EPROTONOSUPPORT,
    EPROTOTYPE,
    ERANGE,
    EREMOTEIO,
    EROFS,
    ESHUTDOWN,
    ESOCKTNOSUPPORT,
    ESPIPE,
    ESRCH,
    ESTALE,
    ETIMEDOUT,
    ETXTBSY,
    EUNATCH,
    EXDEV,
];

/// The name of an error as errno.h and Node.js have it: "ENOSPC".
pub fn errno_name(errno: i32) -> Option<&'static str> {
    NAMES.iter().find(|(number, _)| *number == errno).map(|(_, name)| *name)
}

/// [`errno_name`] of what a function of the standard library fails with. An error that comes from no system call is an
/// argument that none takes.
pub fn error_name(error: &io::Error) -> &'static str {
    errno_name(error.raw_os_error().unwrap_or(libc::EINVAL)).unwrap_or("UNKNOWN")
}
