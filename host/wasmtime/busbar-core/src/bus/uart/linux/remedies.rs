use crate::bus::linux::{Errno, SystemFiles, forbidden, no_permission};
use crate::error::HostError;
use crate::finding::Remedy;

/// Gives serial ports to the group that has them on Debian and its like.
const DIALOUT: (&str, &str) = ("dialout", "tty");

/// This user may not open the device file.
pub(super) fn no_uart_permission(path: &str, files: &dyn SystemFiles) -> Remedy {
    no_permission(path, files, DIALOUT)
}

/// Another program has the port, one that is none of busbar's.
pub(super) fn in_use(path: &str, device: &str) -> HostError {
    HostError::backend(format!(
        "{device}: {path} is used by another program; end that first. It may be a terminal, a getty or ModemManager: sudo fuser {path}"
    ))
}

/// The file is there, and is none.
pub(super) fn no_serial_port(path: &str, device: &str) -> HostError {
    HostError::backend(format!("{device}: {path} is no serial port; correct \"port\" of the entry."))
}

/// What opening and setting a tty failed with, as the sentence that a person needs.
pub(super) fn open_error(errno: Errno, path: &str, device: &str, files: &dyn SystemFiles) -> HostError {
    match errno.0 {
        libc::EACCES => no_uart_permission(path, files).into_error(),
        // Not the permission bits: a container's device rules, or a security module.
        libc::EPERM => forbidden(path, files).into_error(),
        libc::EBUSY => in_use(path, device),
        // A device file that nobody serves: most machines have a /dev/ttyS3, and no port behind it.
        libc::EIO | libc::ENXIO | libc::ENODEV => HostError::backend(format!(
            "{device}: there is no port behind {path} ({errno}); correct \"port\" of the entry, or plug the adapter in again."
        )),
        libc::ENOTTY => no_serial_port(path, device),
        _ => HostError::backend(format!(
            "{device}: opening {path} failed with {errno}; the kernel log may say why: dmesg"
        )),
    }
}
