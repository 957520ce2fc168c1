use crate::bus::i2c::{I2cError, I2cErrorCode, NoAcknowledge};
use crate::bus::linux::{Errno, ErrnoMeaning, meaning_of, means};

/// What a failed transaction reports, after Documentation/i2c/fault-codes.rst and the adapters' practice.
///
/// `no-acknowledge` with "data" never comes from Linux: no errno separates a refused data byte from the rest.
static TRANSACTION_ERRNOS: [ErrnoMeaning<I2cErrorCode>; 20] = [
    // fault-codes.rst: "the address phase of a transfer didn't get an ACK".
    means(
        libc::ENXIO,
        I2cErrorCode::NoAcknowledge(NoAcknowledge::Address),
        "nothing acknowledges the address; check the wiring, the power and the address",
    ),
    // Not in fault-codes.rst. i2c-bcm2835 (Raspberry Pi), i2c-designware and others return it when any byte, address or
    // data, is not acknowledged: their hardware sets one bit for both.
    means(
        libc::EREMOTEIO,
        I2cErrorCode::NoAcknowledge(NoAcknowledge::Unknown),
        "a byte was not acknowledged; check the wiring, the power and the address",
    ),
    // fault-codes.rst knows it from probe functions only. In a transfer it comes from i2c-stub, for an address where it
    // holds no chip, and from USB adapters that were unplugged: either way nothing acknowledges, and Linux does not
    // tell which.
    means(
        libc::ENODEV,
        I2cErrorCode::NoAcknowledge(NoAcknowledge::Unknown),
        "there is no device at the address, or the adapter itself is gone; check that both are plugged in",
    ),
    // fault-codes.rst: "when they lose arbitration in master transmit mode".
    means(
        libc::EAGAIN,
        I2cErrorCode::ArbitrationLoss,
        "another controller won the bus; the same transaction may succeed later",
    ),
    // The vague one: "something went wrong when performing an I/O operation". It is about the wires, not the request,
    // so it is the bus's fault and not the catch-all. i2c-tiny-usb also returns it once it is unplugged.
    means(
        libc::EIO,
        I2cErrorCode::Bus,
        "the controller reports a fault; check the wiring, the pull-up resistors, and that the adapter is still \
         plugged in",
    ),
    // fault-codes.rst: "the bus was busy for longer than allowed". (An address that a kernel driver holds also gives
    // EBUSY, but from I2C_SLAVE: bus_file.rs.)
    means(libc::EBUSY, I2cErrorCode::Bus, "the bus stayed busy; a line is held low or a device needs a reset"),
    // fault-codes.rst: "a slave stretches clocks too far", or a transfer that never ended.
    means(
        libc::ETIMEDOUT,
        I2cErrorCode::Bus,
        "the transfer did not end in time; a line is held low or the device stretches the clock too long",
    ),
    // fault-codes.rst: "slave does not conform to the relevant I2C or SMBus protocol specifications". Qualcomm's
    // controllers return it for an unexpected start or stop.
    means(libc::EPROTO, I2cErrorCode::Bus, "an unexpected start, stop or length was seen on the bus"),
    // fault-codes.rst: an invalid Packet Error Code byte, a corrupted transfer.
    means(libc::EBADMSG, I2cErrorCode::Bus, "the transfer's checksum was wrong"),
    // Not in fault-codes.rst; asm-generic: value too large. Controllers with a hardware FIFO report lost bytes so.
    means(libc::EOVERFLOW, I2cErrorCode::Overrun, "the controller lost data"),
    // fault-codes.rst: "an invalid parameter has been detected before any I/O operation was started".
    means(libc::EINVAL, I2cErrorCode::Other, "the kernel refuses this transaction's address, length or form"),
    // fault-codes.rst: "if an I2C adapter can't execute all legal I2C messages". Adapter quirks: a length limit, a read
    // that must come last, no repeated start.
    means(
        libc::EOPNOTSUPP,
        I2cErrorCode::Other,
        "the adapter cannot run this transaction in one piece; use shorter or fewer operations",
    ),
    means(
        libc::EMSGSIZE,
        I2cErrorCode::Other,
        "the transfer is longer than the adapter can take; use shorter operations",
    ),
    // fault-codes.rst: "an adapter which is already suspended".
    means(libc::ESHUTDOWN, I2cErrorCode::Other, "the adapter is suspended; wake the machine or the adapter"),
    means(libc::EINTR, I2cErrorCode::Other, "a signal interrupted the transaction"),
    means(libc::ENOMEM, I2cErrorCode::Other, "the kernel has no memory for the transaction"),
    means(libc::EPERM, I2cErrorCode::Other, "the kernel forbids this transaction to this process"),
    means(libc::EACCES, I2cErrorCode::Other, "the kernel forbids this transaction to this process"),
    means(libc::EBADF, I2cErrorCode::Other, "the bus is not open any more"),
    // What every file that is no I2C character device answers to these requests.
    means(libc::ENOTTY, I2cErrorCode::Other, "this file is not an I2C bus"),
];

/// The error of a failed transaction.
///
/// `path` is the bus, for people: "/dev/i2c-1".
pub(super) fn transaction_error(errno: Errno, path: &str, address: u16) -> I2cError {
    let (code, text) = meaning_of(&TRANSACTION_ERRNOS, errno, I2cErrorCode::Other);
    I2cError::new(code, format!("{path}, address {}: {text} ({errno})", format_address(address)))
}

/// An address as people write it: two hex digits, "0x76".
pub(super) fn format_address(address: u16) -> String {
    format!("{address:#04x}")
}
