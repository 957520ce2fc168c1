use super::{SpiBackend, SpiDevice, SpiGrant};
use crate::error::HostError;
use crate::trace::Trace;
use std::sync::Arc;

/// Opens the device of a grant: that of the first of the backends that has its bus. `device` is its name in the board file.
///
/// # Errors
///
/// When none has it, or it cannot be used.
pub fn open_spi(
    device: &str,
    grant: &SpiGrant,
    backends: &[Arc<dyn SpiBackend>],
) -> Result<Box<dyn SpiDevice>, HostError> {
    for backend in backends {
        if let Some(opened) = backend.open(device, grant)? {
            return Ok(opened);
        }
    }
    let tried = backends.iter().map(|backend| backend.name()).collect::<Vec<_>>().join(" and ");
    let tried = if tried.is_empty() { "no SPI backend" } else { &tried };
    let bus = grant.bus.shown();
    Err(HostError::backend(format!(
        "{device}: there is no SPI bus {bus} (asked {tried}); list the devices with ls /dev/spidev*, or simulate it."
    )))
}

/// wasi:spi/spi `open`, for a driver: it has the one device of its entry.
///
/// # Errors
///
/// Why another name is refused, of which the operator is told.
pub fn open_own_spi(device: &str, trace: &Trace, name: &str) -> Result<(), String> {
    if name == device { Ok(()) } else { Err(trace.audit_name(device, name, "spi.open")) }
}
