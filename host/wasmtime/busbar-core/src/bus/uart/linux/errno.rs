use crate::bus::linux::{Errno, ErrnoMeaning, known_meaning, means};
use crate::bus::uart::{UartError, UartErrorCode};

const GONE: &str = "the port is gone; check that its adapter is plugged in";

/// What a failed call on an open tty reports, after drivers/tty/tty_io.c, drivers/tty/n_tty.c and the practice of the drivers.
pub(super) static UART_ERRNOS: [ErrnoMeaning<UartErrorCode>; 10] = [
    // tty_io.c, hung_up_tty_read and -_write; n_tty.c: the other side of a pty was closed.
    means(libc::EIO, UartErrorCode::Disconnected, GONE),
    means(libc::ENXIO, UartErrorCode::Disconnected, GONE),
    means(libc::ENODEV, UartErrorCode::Disconnected, GONE),
    // USB adapters that are pulled out in the middle of a request.
    means(libc::EPROTO, UartErrorCode::Disconnected, GONE),
    means(libc::ESHUTDOWN, UartErrorCode::Disconnected, GONE),
    means(libc::EINVAL, UartErrorCode::Other, "the port cannot be set like that"),
    means(libc::ENOMEM, UartErrorCode::Other, "the kernel has no memory for it"),
    means(libc::EINTR, UartErrorCode::Other, "a signal interrupted the call"),
    means(libc::EBADF, UartErrorCode::Other, "the port is not open any more"),
    means(libc::ENOTTY, UartErrorCode::Other, "this file is no serial port"),
];

/// The error of a failed call. `path` is the port, for people: "/dev/ttyUSB0".
pub(super) fn call_error(errno: Errno, path: &str) -> UartError {
    let (code, text) = known_meaning(&UART_ERRNOS, errno).unwrap_or((UartErrorCode::Other, "the call failed"));
    UartError::new(code, format!("{path}: {text} ({errno})"))
}
