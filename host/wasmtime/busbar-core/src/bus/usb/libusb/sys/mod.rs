//! libusb's C functions as safe Rust: every unsafe call of the USB part is in this folder.
//!
//! What a pointer of libusb needs to stay valid is held by what has it: a device holds its context, an opened handle its
//! device, a transfer under way its handle. All functions used here may be called from any thread: libusb locks for
//! itself.

mod context;
mod device;
mod handle;
mod transfer;

pub(super) use context::{Context, HotplugEvent, watch_events};
pub(super) use device::DeviceRef;
pub(super) use handle::OpenedHandle;
pub(super) use transfer::{Ended, Packet, Submission, Submitted, submit};

use std::ffi::c_int;

/// `enum libusb_error`: negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ErrorNumber(pub(super) c_int);

/// What a function answered: 0 or more, or its error.
fn checked(answer: c_int) -> Result<c_int, ErrorNumber> {
    if answer < 0 { Err(ErrorNumber(answer)) } else { Ok(answer) }
}
