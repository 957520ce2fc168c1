use super::sys::ErrorNumber;
use crate::bus::usb::{UsbError, UsbErrorCode, UsbPacketStatus};
use libusb1_sys::constants as c;
use std::ffi::c_int;

/// What a function of libusb failed with. `doing` is "claiming interface 0".
pub(super) fn call_error(ErrorNumber(number): ErrorNumber, doing: &str) -> UsbError {
    let code = match number {
        c::LIBUSB_ERROR_IO => UsbErrorCode::Io,
        c::LIBUSB_ERROR_INVALID_PARAM => UsbErrorCode::InvalidParam,
        c::LIBUSB_ERROR_ACCESS => UsbErrorCode::Access,
        c::LIBUSB_ERROR_NO_DEVICE => UsbErrorCode::NoDevice,
        c::LIBUSB_ERROR_NOT_FOUND => UsbErrorCode::NotFound,
        c::LIBUSB_ERROR_BUSY => UsbErrorCode::Busy,
        c::LIBUSB_ERROR_TIMEOUT => UsbErrorCode::Timeout,
        c::LIBUSB_ERROR_OVERFLOW => UsbErrorCode::Overflow,
        c::LIBUSB_ERROR_PIPE => UsbErrorCode::Pipe,
        c::LIBUSB_ERROR_INTERRUPTED => UsbErrorCode::Interrupted,
        c::LIBUSB_ERROR_NO_MEM => UsbErrorCode::NoMem,
        c::LIBUSB_ERROR_NOT_SUPPORTED => UsbErrorCode::NotSupported,
        _ => UsbErrorCode::Other,
    };
    UsbError::new(code, format!("{doing}: {}", text_of(code)))
}

/// What a transfer ended with: `enum libusb_transfer_status`, 0 for success.
pub(super) fn transfer_error(status: c_int, doing: &str, timeout_ms: u32) -> UsbError {
    let code = match status {
        c::LIBUSB_TRANSFER_ERROR => UsbErrorCode::Io,
        c::LIBUSB_TRANSFER_TIMED_OUT => {
            return UsbError::new(UsbErrorCode::Timeout, format!("{doing}: nothing within {timeout_ms} ms"));
        }
        c::LIBUSB_TRANSFER_CANCELLED => UsbErrorCode::Interrupted,
        c::LIBUSB_TRANSFER_STALL => UsbErrorCode::Pipe,
        c::LIBUSB_TRANSFER_NO_DEVICE => UsbErrorCode::NoDevice,
        c::LIBUSB_TRANSFER_OVERFLOW => UsbErrorCode::Overflow,
        _ => UsbErrorCode::Other,
    };
    UsbError::new(code, format!("{doing}: {}", text_of(code)))
}

/// How a packet of an isochronous transfer ended.
pub(super) fn packet_status(status: c_int) -> UsbPacketStatus {
    match status {
        c::LIBUSB_TRANSFER_COMPLETED => UsbPacketStatus::Success,
        c::LIBUSB_TRANSFER_TIMED_OUT => UsbPacketStatus::TimedOut,
        c::LIBUSB_TRANSFER_CANCELLED => UsbPacketStatus::Cancelled,
        c::LIBUSB_TRANSFER_STALL => UsbPacketStatus::Stall,
        c::LIBUSB_TRANSFER_NO_DEVICE => UsbPacketStatus::NoDevice,
        c::LIBUSB_TRANSFER_OVERFLOW => UsbPacketStatus::Overflow,
        _ => UsbPacketStatus::Error,
    }
}

fn text_of(code: UsbErrorCode) -> &'static str {
    match code {
        UsbErrorCode::Io => "the transfer failed on the wire",
        UsbErrorCode::InvalidParam => "libusb does not accept an argument",
        UsbErrorCode::Access => "the operating system refuses it",
        UsbErrorCode::NoDevice => "the device is gone",
        UsbErrorCode::NotFound => "there is no such thing on the device",
        UsbErrorCode::Busy => "somebody else uses it",
        UsbErrorCode::Timeout => "the time ended first",
        UsbErrorCode::Overflow => "the device sent more than was asked for",
        UsbErrorCode::Pipe => "the device stalled it",
        UsbErrorCode::Interrupted => "it was cancelled",
        UsbErrorCode::NoMem => "there is no memory for it",
        UsbErrorCode::NotSupported => "this platform cannot do it",
        UsbErrorCode::Other => "libusb gave no reason",
    }
}
