use crate::bus::gpio::{GpioError, GpioErrorCode};
use crate::bus::linux::{Errno, ErrnoMeaning, meaning_of, means};

/// ENOTSUPP, which is no errno of the C library: the controller's driver has no such function.
const ENOTSUPP: i32 = 524;

/// What a failed call on a line means.
static LINE_ERRNOS: [ErrnoMeaning<GpioErrorCode>; 8] = [
    // drivers/gpio/gpiolib-cdev.c, linereq_set_values: a line that is no output.
    means(libc::EPERM, GpioErrorCode::OperationNotSupported, "an input cannot be set"),
    means(libc::EIO, GpioErrorCode::HardwareFault, "the controller reports a fault"),
    // The line has no interrupt, so that the kernel cannot tell of its edges.
    means(libc::ENXIO, GpioErrorCode::OperationNotSupported, "the controller cannot tell of the edges of this line"),
    means(libc::EAGAIN, GpioErrorCode::WouldBlock, "the controller is not ready"),
    // An adapter that was pulled out.
    means(libc::ENODEV, GpioErrorCode::HardwareFault, "the controller is gone; check that it is plugged in"),
    means(libc::EINVAL, GpioErrorCode::OperationNotSupported, "the kernel refuses this use of the line"),
    means(libc::ETIMEDOUT, GpioErrorCode::HardwareFault, "the controller did not answer in time"),
    means(ENOTSUPP, GpioErrorCode::OperationNotSupported, "the controller cannot do that"),
];

/// The error of a failed call on a line. `line` is the line, for people: "/dev/gpiochip0, line 17".
pub(super) fn line_error(errno: Errno, line: &str) -> GpioError {
    let (code, text) = meaning_of(&LINE_ERRNOS, errno, GpioErrorCode::Other);
    GpioError::new(code, format!("{line}: {text} ({errno})"))
}
