use super::handle::OpenedHandle;
use super::{ErrorNumber, checked};
use crate::locked::locked;
use libusb1_sys as ffi;
use libusb1_sys::constants as c;
use std::ffi::c_int;
use std::ptr::NonNull;
use std::sync::{Arc, Mutex};

/// What libusb is to carry out.
pub(in crate::bus::usb::libusb) struct Submission {
    /// `enum libusb_transfer_type`.
    pub(in crate::bus::usb::libusb) kind: u8,
    /// Direction bit included.
    pub(in crate::bus::usb::libusb) endpoint: u8,
    /// What is sent, or is received into; with the setup packet before it in a control transfer.
    pub(in crate::bus::usb::libusb) buffer: Vec<u8>,
    /// Of an isochronous transfer, one after the other in the buffer; empty for others.
    pub(in crate::bus::usb::libusb) packet_lengths: Vec<u32>,
    /// 0 for none.
    pub(in crate::bus::usb::libusb) stream_id: u32,
    /// 0 for never.
    pub(in crate::bus::usb::libusb) timeout_ms: u32,
}

/// How a transfer ended.
pub(in crate::bus::usb::libusb) struct Ended {
    /// `enum libusb_transfer_status`.
    pub(in crate::bus::usb::libusb) status: c_int,
    /// In bytes, the setup packet not counted.
    pub(in crate::bus::usb::libusb) actual_length: usize,
    pub(in crate::bus::usb::libusb) buffer: Vec<u8>,
    pub(in crate::bus::usb::libusb) packets: Vec<Packet>,
}

/// How a packet of an isochronous transfer ended.
#[derive(Debug, Clone, Copy)]
pub(in crate::bus::usb::libusb) struct Packet {
    pub(in crate::bus::usb::libusb) length: u32,
    pub(in crate::bus::usb::libusb) actual_length: u32,
    /// `enum libusb_transfer_status`.
    pub(in crate::bus::usb::libusb) status: c_int,
}

/// A transfer that libusb has, and everything that its pointers point to.
pub(super) struct InFlight {
    transfer: NonNull<ffi::libusb_transfer>,
    buffer: Vec<u8>,
    handle: Arc<OpenedHandle>,
    cancelling: Arc<Mutex<Option<Cancellable>>>,
    on_end: Box<dyn FnOnce(Ended) + Send>,
}

// SAFETY: libusb's transfers may be used from any thread, and nobody else has this one's buffer.
unsafe impl Send for InFlight {}

struct Cancellable(NonNull<ffi::libusb_transfer>);

// SAFETY: as above; it is used only under the lock that it is taken away under before the transfer is freed.
unsafe impl Send for Cancellable {}

/// A transfer that was started.
pub(in crate::bus::usb::libusb) struct Submitted {
    cancelling: Arc<Mutex<Option<Cancellable>>>,
}

impl Submitted {
    /// Asks for its end; without effect on one that has ended.
    pub(in crate::bus::usb::libusb) fn cancel(&self) {
        if let Some(Cancellable(transfer)) = &*locked(&self.cancelling) {
            // SAFETY: it is not freed while it can be found here. Where libusb does not know it any more, or the device is
            // gone, it ends by itself.
            unsafe { ffi::libusb_cancel_transfer(transfer.as_ptr()) };
        }
    }
}

/// Starts a transfer. `on_end` is called once, when it has ended, by whoever serves the context.
pub(in crate::bus::usb::libusb) fn submit(
    handle: &Arc<OpenedHandle>,
    submission: Submission,
    on_end: Box<dyn FnOnce(Ended) + Send>,
) -> Result<Submitted, ErrorNumber> {
    let invalid = ErrorNumber(c::LIBUSB_ERROR_INVALID_PARAM);
    let Submission { kind, endpoint, mut buffer, packet_lengths, stream_id, timeout_ms } = submission;
    let length = c_int::try_from(buffer.len()).map_err(|_| invalid)?;
    let packets = c_int::try_from(packet_lengths.len()).map_err(|_| invalid)?;
    if packet_lengths.iter().map(|each| u64::from(*each)).sum::<u64>() > buffer.len() as u64 {
        return Err(invalid);
    }
    // SAFETY: it takes a number.
    let transfer =
        NonNull::new(unsafe { ffi::libusb_alloc_transfer(packets) }).ok_or(ErrorNumber(c::LIBUSB_ERROR_NO_MEM))?;
    let data = buffer.as_mut_ptr();
    let cancelling = Arc::new(Mutex::new(None));
    let in_flight = Box::into_raw(Box::new(InFlight {
        transfer,
        buffer,
        handle: handle.clone(),
        cancelling: cancelling.clone(),
        on_end,
    }));
    // SAFETY: `transfer` has just been allocated, with room for so many packets; nobody else has it. The buffer does not
    // move while it is in `in_flight`, which lives until `ended`.
    let answer = unsafe {
        let fields = transfer.as_ptr();
        (*fields).dev_handle = handle.pointer();
        (*fields).endpoint = endpoint;
        (*fields).transfer_type = kind;
        (*fields).timeout = timeout_ms;
        (*fields).buffer = data;
        (*fields).length = length;
        (*fields).num_iso_packets = packets;
        (*fields).callback = ended;
        (*fields).user_data = in_flight.cast();
        for (index, length) in packet_lengths.iter().enumerate() {
            (*packet_of(fields, index)).length = *length;
        }
        if stream_id != 0 {
            ffi::libusb_transfer_set_stream_id(transfer.as_ptr(), stream_id);
        }
        // It can end before this function has put it where `cancel` finds it, but not before the lock is free.
        let mut cancellable = locked(&cancelling);
        *cancellable = Some(Cancellable(transfer));
        let answer = ffi::libusb_submit_transfer(transfer.as_ptr());
        if answer < 0 {
            *cancellable = None;
        }
        answer
    };
    if let Err(error) = checked(answer) {
        // SAFETY: libusb has not taken it, so that there will be no callback.
        let not_taken = unsafe { Box::from_raw(in_flight) };
        drop(not_taken.free());
        return Err(error);
    }
    Ok(Submitted { cancelling })
}

/// libusb's callback: in it, the handle must not be closed, so the rest is left for later.
extern "system" fn ended(transfer: *mut ffi::libusb_transfer) {
    // SAFETY: `submit` made `user_data` of a box, which is given to this one callback.
    let in_flight = unsafe { Box::from_raw((*transfer).user_data.cast::<InFlight>()) };
    locked(&in_flight.cancelling).take();
    let left = in_flight.handle.context().left();
    left.push(*in_flight);
}

impl InFlight {
    /// libusb is done with it.
    pub(super) fn finish(mut self) {
        let fields = self.transfer.as_ptr();
        // SAFETY: it has ended, and is not freed yet.
        let (status, actual, count) = unsafe { ((*fields).status, (*fields).actual_length, (*fields).num_iso_packets) };
        let actual_length = usize::try_from(actual).unwrap_or(0);
        let count = usize::try_from(count).unwrap_or(0);
        let packets = (0..count)
            .map(|index| {
                // SAFETY: the transfer was allocated with room for so many packets.
                let packet = unsafe { &*packet_of(fields, index) };
                Packet { length: packet.length, actual_length: packet.actual_length, status: packet.status }
            })
            .collect();
        let buffer = std::mem::take(&mut self.buffer);
        let on_end = self.free();
        on_end(Ended { status, actual_length, buffer, packets });
    }

    /// Frees what libusb allocated; gives what is left to be called.
    fn free(self) -> Box<dyn FnOnce(Ended) + Send> {
        let Self { transfer, on_end, .. } = self;
        // SAFETY: it is not under way, and nobody can find it any more.
        unsafe { ffi::libusb_free_transfer(transfer.as_ptr()) };
        on_end
    }
}

/// Where a packet of a transfer is described: behind the transfer itself.
///
/// # Safety
///
/// The transfer was allocated with more packets than `index`.
unsafe fn packet_of(transfer: *mut ffi::libusb_transfer, index: usize) -> *mut ffi::libusb_iso_packet_descriptor {
    // SAFETY: the caller says that it is there.
    unsafe { (&raw mut (*transfer).iso_packet_desc).cast::<ffi::libusb_iso_packet_descriptor>().add(index) }
}
