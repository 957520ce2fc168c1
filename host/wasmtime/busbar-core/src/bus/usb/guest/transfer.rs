use crate::bus::usb::{
    ClaimingHandle, UsbError, UsbErrorCode, UsbSession, UsbSetup, UsbTransfer, UsbTransferKind, UsbTransferOutcome,
    UsbTransferRequest, UsbTransferResult,
};
use crate::grants::{ControlRequest, UsbCall, UsbFacts};
use crate::locked::locked;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// component:usb/transfers `transfer-type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferType {
    Control,
    Bulk,
    Interrupt,
    Isochronous,
}

/// component:usb/transfers `transfer-options`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TransferOptions {
    /// bEndpointAddress, direction bit included; 0 for control transfers.
    pub endpoint: u8,
    /// 0 for never.
    pub timeout_ms: u32,
    /// The bulk stream, 0 for none.
    pub stream_id: u32,
    /// Packets of an isochronous transfer, 0 for others.
    pub iso_packets: u32,
}

const DIRECTION_IN: u8 = 0x80;
/// wLength has 16 bits: USB 2.0 table 9-2.
const LONGEST_CONTROL: u32 = 0xffff;
/// A second of full speed, and an eighth of one of high speed; each costs the host a few bytes.
const MOST_PACKETS: u32 = 1024;

/// One transfer: made, submitted once, awaited once; dropping it cancels it.
pub struct TransferCall {
    session: Arc<UsbSession>,
    handle: Arc<ClaimingHandle>,
    kind: UsbTransferKind,
    endpoint: u8,
    is_in: bool,
    length: u32,
    timeout_ms: u32,
    call: UsbCall,
    started: Mutex<Started>,
    is_gone: AtomicBool,
}

struct Started {
    /// What the call was judged by last.
    judged_by: Arc<UsbFacts>,
    transfer: Option<Arc<UsbTransfer>>,
}

impl TransferCall {
    /// Checks a transfer, and counts it.
    ///
    /// # Errors
    ///
    /// `access`, `invalid-param`.
    pub fn new(
        session: Arc<UsbSession>,
        handle: Arc<ClaimingHandle>,
        kind: TransferType,
        setup: UsbSetup,
        length: u32,
        options: TransferOptions,
    ) -> Result<Self, UsbError> {
        let TransferOptions { endpoint, timeout_ms, .. } = options;
        let kind = kind_of(kind, setup, length, options)?;
        let (is_in, call) = match kind {
            UsbTransferKind::Control(setup) => {
                let UsbSetup { bm_request_type, b_request, w_index, .. } = setup;
                let request = ControlRequest { bm_request_type, b_request, w_index, length };
                (bm_request_type & DIRECTION_IN != 0, UsbCall::Control(request))
            }
            _ => (endpoint & DIRECTION_IN != 0, UsbCall::Transfer { endpoint, length }),
        };
        let judged_by = session.check(call, || describe(kind, endpoint, length))?;
        let started = Mutex::new(Started { judged_by, transfer: None });
        session.take_transfer()?;
        let is_gone = AtomicBool::new(false);
        Ok(Self { session, handle, kind, endpoint, is_in, length, timeout_ms, call, started, is_gone })
    }

    /// `submit-transfer`: starts it. `data` is ignored where it is read.
    ///
    /// # Errors
    ///
    /// `busy` the second time, `invalid-param` for data of another length, `not-found` where the interface is not claimed,
    /// `access`, and what the device answers.
    pub fn submit(&self, data: &[u8]) -> Result<(), UsbError> {
        let mut started = locked(&self.started);
        if started.transfer.is_some() {
            return Err(UsbError::new(UsbErrorCode::Busy, "the transfer was submitted before"));
        }
        if !self.is_in && data.len() != self.length as usize {
            let (given, length) = (data.len(), self.length);
            return Err(UsbError::invalid_param(format!("{given} bytes for a transfer of {length}")));
        }
        let facts = self.session.facts()?;
        let is_control = matches!(self.kind, UsbTransferKind::Control(_));
        if !is_control && !self.handle.has_claimed_endpoint(&facts, self.endpoint) {
            return Err(UsbError::not_found("the interface of this endpoint is not claimed"));
        }
        // What was granted when it was made can be another interface's by now.
        if !Arc::ptr_eq(&facts, &started.judged_by) {
            started.judged_by = self.session.check(self.call, || self.describe())?;
        }
        self.session.take_submit(|| self.describe())?;
        started.transfer = Some(self.handle.submit(UsbTransferRequest {
            kind: self.kind,
            endpoint: self.endpoint,
            data: if self.is_in { Vec::new() } else { data.to_vec() },
            length: if self.is_in { self.length } else { 0 },
            timeout_ms: self.timeout_ms,
        })?);
        Ok(())
    }

    /// `cancel-transfer`: asks for its end.
    ///
    /// # Errors
    ///
    /// `not-found` where it was not submitted.
    pub fn cancel(&self) -> Result<(), UsbError> {
        self.transfer().ok_or_else(not_submitted)?.cancel();
        Ok(())
    }

    /// `await-transfer`: what was received, or as many bytes as were sent; nothing for a control transfer that sends.
    ///
    /// # Errors
    ///
    /// `not-found` where it was not submitted or was awaited before, and what the transfer ended in.
    pub async fn wait(&self) -> UsbTransferOutcome {
        let outcome = self.outcome().await;
        self.forget();
        let result = outcome?;
        if self.is_in {
            return Ok(result);
        }
        let is_control = matches!(self.kind, UsbTransferKind::Control(_));
        let data = if is_control { Vec::new() } else { vec![0; result.actual_length] };
        Ok(UsbTransferResult { data, ..result })
    }

    /// Reads from a device end early when another call waits for this one: as if their time were over.
    async fn outcome(&self) -> UsbTransferOutcome {
        let transfer = self.transfer().ok_or_else(not_submitted)?;
        let mut was_cut_short = false;
        if self.is_in && !matches!(self.kind, UsbTransferKind::Control(_)) {
            tokio::select! {
                biased;
                () = transfer.ended() => {}
                () = self.session.context().hurry.hurried() => {
                    was_cut_short = true;
                    transfer.cancel();
                }
            }
        }
        transfer.ended().await;
        match transfer.take_outcome().ok_or_else(not_submitted)? {
            Err(error) if was_cut_short && error.code == UsbErrorCode::Interrupted => {
                Err(UsbError::new(UsbErrorCode::Timeout, "another call waits for its turn"))
            }
            outcome => outcome,
        }
    }

    fn transfer(&self) -> Option<Arc<UsbTransfer>> {
        locked(&self.started).transfer.clone()
    }

    fn forget(&self) {
        if !self.is_gone.swap(true, Ordering::SeqCst) {
            self.session.return_transfer();
        }
    }

    fn describe(&self) -> String {
        describe(self.kind, self.endpoint, self.length)
    }
}

impl Drop for TransferCall {
    /// What is under way is cancelled.
    fn drop(&mut self) {
        if let Some(transfer) = self.transfer() {
            transfer.cancel();
        }
        self.forget();
    }
}

fn kind_of(
    kind: TransferType,
    setup: UsbSetup,
    length: u32,
    options: TransferOptions,
) -> Result<UsbTransferKind, UsbError> {
    let TransferOptions { endpoint, stream_id, iso_packets, .. } = options;
    if kind != TransferType::Isochronous && iso_packets != 0 {
        return Err(UsbError::invalid_param("only an isochronous transfer has packets"));
    }
    if kind != TransferType::Bulk && stream_id != 0 {
        return Err(UsbError::invalid_param("only a bulk transfer has a stream"));
    }
    match kind {
        TransferType::Control if endpoint != 0 => Err(UsbError::invalid_param("control transfers go to endpoint 0")),
        TransferType::Control => match u16::try_from(length) {
            Ok(w_length) => Ok(UsbTransferKind::Control(UsbSetup { w_length, ..setup })),
            Err(_) => Err(UsbError::invalid_param(format!("a control transfer has at most {LONGEST_CONTROL} bytes"))),
        },
        TransferType::Bulk => Ok(UsbTransferKind::Bulk { stream_id }),
        TransferType::Interrupt => Ok(UsbTransferKind::Interrupt),
        TransferType::Isochronous if !(1..=MOST_PACKETS).contains(&iso_packets) => {
            let message = format!("an isochronous transfer has 1 to {MOST_PACKETS} packets, not {iso_packets}");
            Err(UsbError::invalid_param(message))
        }
        TransferType::Isochronous if !length.is_multiple_of(iso_packets) => {
            let message = format!("{length} bytes are not {iso_packets} packets of one length");
            Err(UsbError::invalid_param(message))
        }
        TransferType::Isochronous => Ok(UsbTransferKind::Isochronous { packets: iso_packets }),
    }
}

fn not_submitted() -> UsbError {
    UsbError::not_found("the transfer was not submitted")
}

/// For people: "bulk transfer on 0x81, 512 bytes".
fn describe(kind: UsbTransferKind, endpoint: u8, length: u32) -> String {
    let name = match kind {
        UsbTransferKind::Control(setup) => {
            let UsbSetup { bm_request_type, b_request, w_value, w_index, .. } = setup;
            return format!(
                "control transfer {bm_request_type:#04x} {b_request:#04x} {w_value:#04x} {w_index:#04x}, {length} bytes"
            );
        }
        UsbTransferKind::Bulk { .. } => "bulk",
        UsbTransferKind::Interrupt => "interrupt",
        UsbTransferKind::Isochronous { .. } => "isochronous",
    };
    format!("{name} transfer on {endpoint:#04x}, {length} bytes")
}
