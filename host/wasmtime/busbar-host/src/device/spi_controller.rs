use super::DeviceError;
use super::opened::{Called, Opened};
use crate::bindings::exports::busbar::device::spi_controller;
use crate::bus::spi::{BitOrder, Operation, SpiError, SpiErrorCode, SpiGrant};
use crate::instance::{DriverInstance, DriverState, Guest, drives_none};
use busbar_core::device::{failure_sentence, require_buses, require_received};
use std::sync::Arc;
use wasmtime::Store;
use wasmtime::component::ResourceAny;

/// An opened SPI controller that a driver drives: what a bridge has where others are wired to its SPI buses.
pub struct SpiController {
    opened: Opened,
    buses: u8,
}

impl SpiController {
    /// Opens the controller of a running instance.
    ///
    /// # Errors
    ///
    /// What the driver answers, and `protocol` where that makes no sense.
    pub async fn open(name: &str, instance: Arc<DriverInstance>) -> Result<Self, DeviceError> {
        let opened = Opened::open(name, instance, async |guest| {
            let (store, exports) = parts(guest)?;
            exports.call_open(store, name).await
        });
        let opened = opened.await?;
        let call = opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            Ok(Ok(exports.device().call_buses(store, device).await?))
        });
        let asked = call.await.and_then(|buses| require_buses(name, buses).map(|()| buses));
        let (opened, buses) = opened.keep_if(asked, close_guest).await?;
        Ok(Self { opened, buses })
    }

    /// How many buses it has, at least 1: they are numbered from 0.
    pub fn buses(&self) -> u8 {
        self.buses
    }

    /// Runs `operations` as one transaction with a device on the bus with this number, after all transactions before. Gives one list for
    /// each read and each transfer, each exactly as long as was asked for. `wired` says how the device is wired.
    ///
    /// # Errors
    ///
    /// What the driver answers; `other` where it has ended, and where its answer makes no sense.
    pub async fn transaction(
        &self,
        bus: u8,
        wired: &SpiGrant,
        operations: &[Operation],
    ) -> Result<Vec<Vec<u8>>, SpiError> {
        let wiring = spi_controller::Wiring {
            chip_select: wired.chip_select,
            mode: wired.mode,
            maximum_hz: wired.maximum_hz,
            lsb_first: wired.bit_order == BitOrder::LsbFirst,
        };
        let asked: Vec<_> = operations.iter().map(spi_controller::Operation::from).collect();
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            Ok(Ok(exports.device().call_transaction(store, device, bus, wiring, &asked).await?))
        });
        let name = &self.opened.name;
        let received = call.await.map_err(gone)?.map_err(|code| failure_of(name, code))?;
        require_received(name, &received, operations.iter().filter_map(Operation::received)).map_err(gone)?;
        Ok(received)
    }

    /// Leaves the part as its driver's README says, before its life ends.
    pub async fn leave(&self) {
        self.opened.leave(close_guest).await;
    }

    /// Gives it back.
    ///
    /// # Errors
    ///
    /// When the driver fails in it.
    pub async fn close(self) -> Result<(), DeviceError> {
        self.opened.close(close_guest).await
    }
}

fn gone(error: DeviceError) -> SpiError {
    SpiError::other(error.to_string())
}

fn failure_of(name: &str, code: spi_controller::ErrorCode) -> SpiError {
    use spi_controller::ErrorCode;
    let (code, message) = match code {
        ErrorCode::Overrun => (SpiErrorCode::Overrun, "overrun".to_owned()),
        ErrorCode::ModeFault => (SpiErrorCode::ModeFault, "mode-fault".to_owned()),
        ErrorCode::FrameFormat => (SpiErrorCode::FrameFormat, "frame-format".to_owned()),
        ErrorCode::ChipSelectFault => (SpiErrorCode::ChipSelectFault, "chip-select-fault".to_owned()),
        ErrorCode::Other(message) => (SpiErrorCode::Other, message),
    };
    SpiError { code, message: failure_sentence(name, &message) }
}

impl From<&Operation> for spi_controller::Operation {
    fn from(operation: &Operation) -> Self {
        match operation {
            Operation::Read(length) => Self::Read(*length as u64),
            Operation::Write(data) => Self::Write(data.clone()),
            Operation::Transfer(data) => Self::Transfer(data.clone()),
            Operation::Delay(nanoseconds) => Self::DelayNs(*nanoseconds),
        }
    }
}

async fn close_guest(guest: &mut Guest, device: ResourceAny) -> Called<()> {
    let (store, exports) = parts(guest)?;
    Ok(Ok(exports.device().call_close(store, device).await?))
}

fn parts(guest: &mut Guest) -> wasmtime::Result<(&mut Store<DriverState>, &spi_controller::Guest)> {
    match guest.exports.bridge().and_then(|exports| exports.spi.as_ref()) {
        Some(exports) => Ok((&mut guest.store, exports)),
        None => Err(drives_none("SPI controller")),
    }
}
