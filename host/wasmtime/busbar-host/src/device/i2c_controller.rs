use super::DeviceError;
use super::opened::{Called, Opened};
use crate::bindings::exports::busbar::device::i2c_controller;
use crate::bus::i2c::{I2cError, I2cErrorCode, NoAcknowledge, Operation};
use crate::instance::{DriverInstance, DriverState, Guest, drives_none};
use busbar_core::device::{failure_sentence, require_buses, require_received};
use std::sync::Arc;
use wasmtime::Store;
use wasmtime::component::ResourceAny;

/// An opened I2C controller that a driver drives: what a bridge has where others are wired to its I2C buses.
pub struct I2cController {
    opened: Opened,
    buses: u8,
}

impl I2cController {
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

    /// Runs `operations` against the 7-bit `address` as one transaction on the bus with this number, after all transactions before. Gives
    /// one list for each read, each exactly as long as was asked for.
    ///
    /// # Errors
    ///
    /// What the driver answers; `other` where it has ended, and where its answer makes no sense.
    pub async fn transaction(&self, bus: u8, address: u16, operations: &[Operation]) -> Result<Vec<Vec<u8>>, I2cError> {
        let asked: Vec<_> = operations.iter().map(i2c_controller::Operation::from).collect();
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            Ok(Ok(exports.device().call_transaction(store, device, bus, address, &asked).await?))
        });
        let name = &self.opened.name;
        let received = call.await.map_err(gone)?.map_err(|failure| failure_of(name, &failure))?;
        let lengths = operations.iter().filter_map(|operation| match operation {
            Operation::Read(length) => Some(*length),
            Operation::Write(_) => None,
        });
        require_received(name, &received, lengths).map_err(gone)?;
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

fn gone(error: DeviceError) -> I2cError {
    I2cError::new(I2cErrorCode::Other, error.to_string())
}

fn failure_of(name: &str, failure: &i2c_controller::Failure) -> I2cError {
    use i2c_controller::{ErrorCode, NoAcknowledgeSource};
    let code = match failure.code {
        ErrorCode::Bus => I2cErrorCode::Bus,
        ErrorCode::ArbitrationLoss => I2cErrorCode::ArbitrationLoss,
        ErrorCode::NoAcknowledge(source) => I2cErrorCode::NoAcknowledge(match source {
            NoAcknowledgeSource::Address => NoAcknowledge::Address,
            NoAcknowledgeSource::Data => NoAcknowledge::Data,
            NoAcknowledgeSource::Unknown => NoAcknowledge::Unknown,
        }),
        ErrorCode::Overrun => I2cErrorCode::Overrun,
        ErrorCode::Other => I2cErrorCode::Other,
    };
    I2cError::new(code, failure_sentence(name, &failure.message))
}

impl From<&Operation> for i2c_controller::Operation {
    fn from(operation: &Operation) -> Self {
        match operation {
            Operation::Read(length) => Self::Read(*length as u64),
            Operation::Write(data) => Self::Write(data.clone()),
        }
    }
}

async fn close_guest(guest: &mut Guest, device: ResourceAny) -> Called<()> {
    let (store, exports) = parts(guest)?;
    Ok(Ok(exports.device().call_close(store, device).await?))
}

fn parts(guest: &mut Guest) -> wasmtime::Result<(&mut Store<DriverState>, &i2c_controller::Guest)> {
    match guest.exports.bridge().and_then(|exports| exports.i2c.as_ref()) {
        Some(exports) => Ok((&mut guest.store, exports)),
        None => Err(drives_none("I2C controller")),
    }
}
