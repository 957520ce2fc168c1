use super::backend::{UsbFailure, UsbSetup, UsbTransferKind, UsbTransferRequest};
use super::error::UsbError;
use super::transfer::UsbTransfer;
use std::sync::Arc;

/// GET_DESCRIPTOR of a HID report descriptor: HID 1.11 section 7.1.1.
const GET_REPORT_DESCRIPTOR: UsbSetup =
    UsbSetup { bm_request_type: 0x81, b_request: 6, w_value: 0x22 << 8, w_index: 0, w_length: 4096 };
const TIMEOUT_MS: u32 = 1000;

/// The report descriptor of a HID interface, from the device itself.
///
/// `submit` is that of the handle that has the interface: Linux lets such a request through for nobody else.
///
/// # Errors
///
/// What the device answers, and where it is silent or gone.
pub(super) async fn ask_report_descriptor(
    interface_number: u8,
    submit: impl FnOnce(UsbTransferRequest) -> Result<Arc<UsbTransfer>, UsbError>,
) -> Result<Vec<u8>, UsbFailure> {
    let setup = UsbSetup { w_index: interface_number.into(), ..GET_REPORT_DESCRIPTOR };
    let transfer = submit(UsbTransferRequest {
        kind: UsbTransferKind::Control(setup),
        endpoint: 0,
        data: Vec::new(),
        length: setup.w_length.into(),
        timeout_ms: TIMEOUT_MS,
    })?;
    transfer.ended().await;
    let gone = || Err(UsbError::no_device("the device is gone"));
    Ok(transfer.take_outcome().unwrap_or_else(gone)?.data)
}
