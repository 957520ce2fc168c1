use crate::system_error::errno_name;
use std::fmt;
use std::io;

/// What a system call fails with: Linux's number, positive. Shown as in errno.h: "ENXIO".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bus) struct Errno(pub(in crate::bus) i32);

impl Errno {
    /// Of the system call of this thread that has just failed.
    pub(in crate::bus) fn last() -> Self {
        Self::from(io::Error::last_os_error())
    }
}

impl From<io::Error> for Errno {
    /// An error that comes from no system call is an argument that none takes.
    fn from(error: io::Error) -> Self {
        Self(error.raw_os_error().unwrap_or(libc::EINVAL))
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match errno_name(self.0) {
            Some(name) => formatter.write_str(name),
            None => write!(formatter, "errno {}", self.0),
        }
    }
}
