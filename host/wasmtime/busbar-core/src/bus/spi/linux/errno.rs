use crate::bus::linux::{Errno, ErrnoMeaning, meaning_of, means};
use crate::bus::spi::{SpiError, SpiErrorCode};

/// What a failed transaction reports, after drivers/spi/spidev.c, drivers/spi/spi.c and the controllers' practice. Mode and frame faults
/// never come from Linux by a name of their own.
static TRANSACTION_ERRNOS: [ErrnoMeaning<SpiErrorCode>; 13] = [
    // spi_transfer_wait, and what most controllers say of a transfer that went wrong.
    means(libc::EIO, SpiErrorCode::Other, "the controller reports a fault; check that it is still plugged in"),
    means(libc::ETIMEDOUT, SpiErrorCode::Other, "the transfer did not end in time; the controller seems stuck"),
    // Controllers with a FIFO report lost bytes so; some say EOVERFLOW, some ENOBUFS.
    means(libc::EOVERFLOW, SpiErrorCode::Overrun, "the controller lost data; use a slower clock"),
    means(libc::ENOBUFS, SpiErrorCode::Overrun, "the controller lost data; use a slower clock"),
    // __spi_validate: a speed below the controller's lowest, a word length or a length that it has not.
    means(
        libc::EINVAL,
        SpiErrorCode::Other,
        "the controller cannot do this transaction; its clock may not be as slow as \"maximumHz\" says",
    ),
    // spidev_message: more bytes than the module's parameter "bufsiz", each operation's length rounded up as DMA needs it.
    means(
        libc::EMSGSIZE,
        SpiErrorCode::Other,
        "the transaction is longer than spidev takes, which counts each operation as at least 64 or 128 bytes on some \
         machines; use fewer or shorter operations",
    ),
    // spidev_ioctl: the device's driver is gone while its file is open.
    means(libc::ESHUTDOWN, SpiErrorCode::Other, "the device is gone; check that its adapter is plugged in"),
    means(libc::ENODEV, SpiErrorCode::Other, "the device is gone; check that its adapter is plugged in"),
    means(libc::ENOMEM, SpiErrorCode::Other, "the kernel has no memory for the transaction"),
    means(libc::EINTR, SpiErrorCode::Other, "a signal interrupted the transaction"),
    means(libc::EBUSY, SpiErrorCode::Other, "the controller is busy"),
    means(libc::EBADF, SpiErrorCode::Other, "the device is not open any more"),
    // What every file that is no SPI device answers to these requests.
    means(libc::ENOTTY, SpiErrorCode::Other, "this file is not an SPI device"),
];

/// The error of a failed transaction. `path` is the device, for people: "/dev/spidev0.1".
pub(super) fn transaction_error(errno: Errno, path: &str) -> SpiError {
    let (code, text) = meaning_of(&TRANSACTION_ERRNOS, errno, SpiErrorCode::Other);
    SpiError::new(code, format!("{path}: {text} ({errno})"))
}
