use super::{OpenedUart, UartError};
use crate::bus::BusAccess;
use std::sync::Arc;

/// busbar:board/uart `open`, for a driver: it has the one port of its entry.
///
/// # Errors
///
/// `denied` for another name, of which the operator is told.
pub fn open_own_uart(access: &BusAccess<'_>, name: &str) -> Result<Arc<OpenedUart>, UartError> {
    let BusAccess { device, trace, buses, .. } = access;
    if name != *device {
        return Err(UartError::denied(trace.audit_name(device, name, "uart.open")));
    }
    let opened = buses.uart.as_ref().and_then(|line| line.opened());
    opened.cloned().ok_or_else(|| UartError::other("the port is closed"))
}
