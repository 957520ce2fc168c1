use super::device::LibusbDevice;
use super::errors::{call_error, packet_status, transfer_error};
use super::sys::{Ended, ErrorNumber, OpenedHandle, Submission, submit};
use crate::bus::usb::transfer::RunningTransfers;
use crate::bus::usb::{
    Later, UsbError, UsbErrorCode, UsbHandle, UsbPacket, UsbSetup, UsbTransfer, UsbTransferKind, UsbTransferOutcome,
    UsbTransferRequest, UsbTransferResult,
};
use crate::locked::locked;
use crate::locks::DeviceLock;
use libusb1_sys::constants as c;
use std::collections::{BTreeMap, BTreeSet};
use std::mem::take;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

/// LIBUSB_CONTROL_SETUP_SIZE: the setup packet comes first in a control transfer's buffer.
const SETUP_BYTES: usize = 8;
const DIRECTION_IN: u8 = 0x80;

/// An opened device, with claims of its own.
pub(super) struct LibusbHandle {
    device: Arc<LibusbDevice>,
    state: Mutex<State>,
}

struct State {
    /// None once it is closed.
    native: Option<Arc<OpenedHandle>>,
    claimed: BTreeSet<u8>,
    detached: BTreeSet<u8>,
    /// Of the interfaces that are claimed, and of those that were taken from the kernel.
    locks: BTreeMap<u8, DeviceLock>,
    transfers: RunningTransfers,
}

impl LibusbHandle {
    pub(super) fn new(device: Arc<LibusbDevice>, native: Arc<OpenedHandle>) -> Self {
        let state = State {
            native: Some(native),
            claimed: BTreeSet::new(),
            detached: BTreeSet::new(),
            locks: BTreeMap::new(),
            transfers: RunningTransfers::default(),
        };
        Self { device, state: Mutex::new(state) }
    }

    fn opened(&self) -> Result<Arc<OpenedHandle>, UsbError> {
        self.state().native.clone().ok_or_else(|| UsbError::no_device("the handle is closed"))
    }

    /// Makes a call that asks the device and waits in the kernel for its answer.
    async fn wait(
        &self,
        doing: String,
        call: impl FnOnce(&OpenedHandle) -> Result<(), ErrorNumber> + Send + 'static,
    ) -> Result<(), UsbError> {
        let native = self.opened()?;
        let called = tokio::task::spawn_blocking(move || call(&native)).await;
        called.unwrap_or(Err(ErrorNumber(c::LIBUSB_ERROR_OTHER))).map_err(|error| call_error(error, &doing))
    }

    fn lock(&self, interface_number: u8) -> Result<(), UsbError> {
        if self.state().locks.contains_key(&interface_number) {
            return Ok(());
        }
        if let Some(lock) = self.device.lock(interface_number)? {
            self.state().locks.insert(interface_number, lock);
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }
}

impl State {
    /// Gives the lock up where nothing needs it any more.
    fn unlock(&mut self, interface_number: u8) {
        if !self.claimed.contains(&interface_number) && !self.detached.contains(&interface_number) {
            self.locks.remove(&interface_number);
        }
    }

    fn forget_claim(&mut self, interface_number: u8) {
        self.claimed.remove(&interface_number);
        self.unlock(interface_number);
    }

    /// The kernel has it again.
    fn is_back(&mut self, interface_number: u8) {
        if self.detached.remove(&interface_number) {
            if let Some(lock) = self.locks.get(&interface_number) {
                lock.note(None);
            }
            self.unlock(interface_number);
        }
    }
}

impl UsbHandle for LibusbHandle {
    fn set_configuration(&self, value: Option<u8>) -> Later<'_, ()> {
        Box::pin(async move {
            // libusb takes -1 for "unconfigured": some devices have a configuration 0.
            let number = value.map_or(-1, i32::from);
            let chosen =
                self.wait("choosing a configuration".to_owned(), move |native| native.set_configuration(number));
            let chosen = chosen.await;
            self.device.configuration_changed();
            chosen
        })
    }

    fn claim_interface(&self, number: u8) -> Result<(), UsbError> {
        let native = self.opened()?;
        self.lock(number)?;
        let claimed = native.claim_interface(number);
        let mut state = self.state();
        let Err(error) = claimed else {
            state.claimed.insert(number);
            return Ok(());
        };
        state.unlock(number);
        drop(state);
        let error = call_error(error, &format!("claiming interface {number}"));
        if error.code != UsbErrorCode::Busy {
            return Err(error);
        }
        let user = self.device.user(number);
        Err(UsbError::new(UsbErrorCode::Busy, format!("interface {number} is in use by {user}")))
    }

    fn release_interface(&self, number: u8) -> Later<'_, ()> {
        Box::pin(async move {
            if !self.state().claimed.contains(&number) {
                return Err(UsbError::not_found(format!("interface {number} is not claimed")));
            }
            let doing = format!("releasing interface {number}");
            self.wait(doing, move |native| native.release_interface(number)).await?;
            self.state().forget_claim(number);
            Ok(())
        })
    }

    fn set_alternate_setting(&self, number: u8, setting: u8) -> Later<'_, ()> {
        let doing = format!("choosing setting {setting} of interface {number}");
        Box::pin(self.wait(doing, move |native| native.set_alternate_setting(number, setting)))
    }

    fn clear_halt(&self, endpoint: u8) -> Later<'_, ()> {
        let doing = format!("clearing the halt of endpoint {endpoint}");
        Box::pin(self.wait(doing, move |native| native.clear_halt(endpoint)))
    }

    fn reset(&self) -> Later<'_, ()> {
        Box::pin(async move {
            let reset = self.wait("resetting the device".to_owned(), OpenedHandle::reset).await;
            self.device.configuration_changed();
            reset
        })
    }

    fn alloc_streams(&self, count: u32, endpoints: &[u8]) -> Result<u32, UsbError> {
        let allocated = self.opened()?.alloc_streams(count, endpoints);
        allocated.map_err(|error| call_error(error, "allocating bulk streams"))
    }

    fn free_streams(&self, endpoints: &[u8]) -> Result<(), UsbError> {
        self.opened()?.free_streams(endpoints).map_err(|error| call_error(error, "freeing bulk streams"))
    }

    fn kernel_driver_active(&self, number: u8) -> Result<bool, UsbError> {
        let active = self.opened()?.kernel_driver_active(number);
        active.map_err(|error| call_error(error, &format!("asking for the kernel driver of interface {number}")))
    }

    fn detach_kernel_driver(&self, number: u8) -> Result<(), UsbError> {
        let native = self.opened()?;
        let driver = self.device.kernel_driver(number);
        self.lock(number)?;
        // Written first: if this process is killed in between, the next one finds the driver where it is.
        if let Some(lock) = self.state().locks.get(&number) {
            lock.note(driver);
        }
        let detached = native.detach_kernel_driver(number);
        let mut state = self.state();
        if let Err(error) = detached {
            if let Some(lock) = state.locks.get(&number) {
                lock.note(None);
            }
            state.unlock(number);
            return Err(call_error(error, &format!("detaching the kernel driver of interface {number}")));
        }
        state.detached.insert(number);
        Ok(())
    }

    fn attach_kernel_driver(&self, number: u8) -> Result<(), UsbError> {
        let attached = self.opened()?.attach_kernel_driver(number);
        attached.map_err(|error| call_error(error, &format!("attaching the kernel driver of interface {number}")))?;
        self.state().is_back(number);
        Ok(())
    }

    fn submit(&self, request: UsbTransferRequest) -> Result<Arc<UsbTransfer>, UsbError> {
        let native = self.opened()?;
        let UsbTransferRequest { kind, endpoint, timeout_ms, .. } = request;
        let (name, doing_kind) = match kind {
            UsbTransferKind::Control(_) => ("control", c::LIBUSB_TRANSFER_TYPE_CONTROL),
            UsbTransferKind::Bulk { stream_id: 0 } => ("bulk", c::LIBUSB_TRANSFER_TYPE_BULK),
            UsbTransferKind::Bulk { .. } => ("bulk", c::LIBUSB_TRANSFER_TYPE_BULK_STREAM),
            UsbTransferKind::Interrupt => ("interrupt", c::LIBUSB_TRANSFER_TYPE_INTERRUPT),
            UsbTransferKind::Isochronous { .. } => ("isochronous", c::LIBUSB_TRANSFER_TYPE_ISOCHRONOUS),
        };
        let doing = move || format!("{name} transfer on endpoint {endpoint:#04x}");
        let (is_in, data_offset) = match kind {
            UsbTransferKind::Control(setup) => (setup.bm_request_type & DIRECTION_IN != 0, SETUP_BYTES),
            _ => (endpoint & DIRECTION_IN != 0, 0),
        };
        let (stream_id, packet_lengths) = match kind {
            UsbTransferKind::Bulk { stream_id } => (stream_id, Vec::new()),
            UsbTransferKind::Isochronous { packets } => (0, packet_lengths(&request, packets)),
            _ => (0, Vec::new()),
        };
        let submission = Submission {
            kind: doing_kind,
            endpoint,
            buffer: buffer_of(request, is_in),
            packet_lengths,
            stream_id,
            timeout_ms,
        };
        let cancel: Arc<OnceLock<_>> = Arc::default();
        let cancelled = cancel.clone();
        let transfer = Arc::new(UsbTransfer::new(Box::new(move || {
            if let Some(submitted) = cancelled.get() {
                super::sys::Submitted::cancel(submitted);
            }
        })));
        let ending = transfer.clone();
        let on_end = move |ended| ending.finish(outcome_of(ended, doing, is_in, data_offset, timeout_ms));
        let submitted = submit(&native, submission, Box::new(on_end)).map_err(|error| call_error(error, &doing()))?;
        // Nobody else has set it: it was made above.
        let _ = cancel.set(submitted);
        self.state().transfers.add(&transfer);
        Ok(transfer)
    }

    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            let (native, transfers, claimed) = {
                let mut state = self.state();
                (state.native.take(), take(&mut state.transfers), state.claimed.clone())
            };
            let Some(native) = native else { return };
            transfers.end().await;
            let numbers = claimed.clone();
            let closed = tokio::task::spawn_blocking(move || {
                for number in numbers {
                    // A device that is gone has nothing to give back.
                    let _ = native.release_interface(number);
                }
                drop(native);
            });
            // What panicked in it has nothing left to close.
            let _ = closed.await;
            let mut state = self.state();
            for number in claimed {
                state.forget_claim(number);
            }
            // What could not be attached has no driver any more, or its device is gone.
            for number in state.detached.clone() {
                state.is_back(number);
            }
        })
    }
}

/// USB 2.0 table 9-2, little-endian.
fn setup_bytes(setup: UsbSetup) -> [u8; SETUP_BYTES] {
    let ([value_low, value_high], [index_low, index_high]) = (setup.w_value.to_le_bytes(), setup.w_index.to_le_bytes());
    let [length_low, length_high] = setup.w_length.to_le_bytes();
    [setup.bm_request_type, setup.b_request, value_low, value_high, index_low, index_high, length_low, length_high]
}

fn buffer_of(request: UsbTransferRequest, is_in: bool) -> Vec<u8> {
    let length = if is_in { request.length as usize } else { 0 };
    match request.kind {
        UsbTransferKind::Control(setup) => [&setup_bytes(setup)[..], &request.data, &vec![0; length]].concat(),
        _ if is_in => vec![0; length],
        _ => request.data,
    }
}

/// All packets are of the same length: it has been seen to that the transfer can be divided so.
fn packet_lengths(request: &UsbTransferRequest, packets: u32) -> Vec<u32> {
    let length = u32::try_from(request.data.len()).unwrap_or(u32::MAX).max(request.length);
    vec![length.checked_div(packets).unwrap_or(0); packets as usize]
}

fn outcome_of(
    ended: Ended,
    doing: impl Fn() -> String,
    is_in: bool,
    data_offset: usize,
    timeout_ms: u32,
) -> UsbTransferOutcome {
    let Ended { status, actual_length, mut buffer, packets } = ended;
    if !packets.is_empty() && status == c::LIBUSB_TRANSFER_COMPLETED {
        return Ok(isochronous_result(&buffer, &packets, is_in));
    }
    // What a cancelled read has brought all the same: the kernel was faster, and the device does not send it again.
    let was_ended = matches!(status, c::LIBUSB_TRANSFER_CANCELLED | c::LIBUSB_TRANSFER_TIMED_OUT);
    let is_cut_short = was_ended && is_in && data_offset == 0 && actual_length > 0 && packets.is_empty();
    if status != c::LIBUSB_TRANSFER_COMPLETED && !is_cut_short {
        return Err(transfer_error(status, &doing(), timeout_ms));
    }
    if !is_in {
        return Ok(UsbTransferResult { actual_length, ..UsbTransferResult::default() });
    }
    buffer.truncate(data_offset + actual_length);
    buffer.drain(..data_offset.min(buffer.len()));
    Ok(UsbTransferResult { data: buffer, actual_length, packets: Vec::new() })
}

/// What came in each packet, one after the other: a packet has its place in the buffer, whatever the one before it brought.
fn isochronous_result(buffer: &[u8], packets: &[super::sys::Packet], is_in: bool) -> UsbTransferResult {
    let mut result = UsbTransferResult::default();
    let mut offset = 0;
    for packet in packets {
        let actual = packet.actual_length.min(packet.length) as usize;
        if is_in {
            result.data.extend(buffer.get(offset..offset + actual).unwrap_or_default());
        }
        result.actual_length += actual;
        result.packets.push(UsbPacket { actual_length: packet.actual_length, status: packet_status(packet.status) });
        offset += packet.length as usize;
    }
    result
}
