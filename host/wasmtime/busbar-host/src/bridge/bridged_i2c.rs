use super::bridges::Bridges;
use super::driver_bridge::DriverBridge;
use crate::bus::i2c::{I2cBackend, I2cBus, I2cError, I2cErrorCode, I2cUser, Operation};
use crate::bus::{BusName, Later};
use crate::error::HostError;
use crate::link::Controller;
use busbar_core::bridge::BridgedPlace;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The I2C buses behind the bridges of an open board.
pub(super) struct BridgedI2c(pub(super) Bridges);

impl I2cBackend for BridgedI2c {
    fn name(&self) -> &str {
        "bridges"
    }

    fn open(&self, bus: &BusName, user: &I2cUser<'_>) -> Result<Option<Box<dyn I2cBus>>, HostError> {
        let found = self.0.find(bus, Controller::I2c, user.device)?;
        Ok(found.map(|(bridge, _)| {
            Box::new(BridgedBus { bridge, bus: bus.clone(), is_gone: Arc::default() }) as Box<dyn I2cBus>
        }))
    }
}

/// One I2C bus of a bridge, as somebody has it opened: the bridge's driver is started when it is used, and again after a trap.
struct BridgedBus {
    bridge: Arc<DriverBridge>,
    /// As the board file names it.
    bus: BusName,
    /// Whether nobody has it any more.
    is_gone: Arc<AtomicBool>,
}

impl I2cBus for BridgedBus {
    /// What is linked for a device behind a bridge waits for its answer.
    fn transaction(&mut self, _address: u16, _operations: &[Operation]) -> Result<Vec<Vec<u8>>, I2cError> {
        Err(other("a bus behind a bridge answers later"))
    }

    fn transaction_later(&mut self, address: u16, operations: &[Operation]) -> Later<Result<Vec<Vec<u8>>, I2cError>> {
        let (bridge, bus, is_gone, operations) =
            (self.bridge.clone(), self.bus.clone(), self.is_gone.clone(), operations.to_vec());
        let done = tokio::spawn(async move {
            // Started before its turn: while its device is waited for, others have theirs.
            let controller = bridge.i2c().await.map_err(|failure| other(failure.to_string()))?;
            let place = BridgedPlace::of(&bus).ok_or_else(|| other("this bus is of no bridge"))?;
            let number = place.number(controller.buses()).map_err(|error| other(error.message))?;
            let _turn = bridge.turn().await;
            if is_gone.load(Ordering::Acquire) {
                return Err(other("this bus was closed"));
            }
            controller.transaction(number, address, &operations).await
        });
        Box::pin(async move { done.await.unwrap_or_else(|_| Err(other("the host ends"))) })
    }
}

impl Drop for BridgedBus {
    fn drop(&mut self) {
        self.is_gone.store(true, Ordering::Release);
    }
}

fn other(message: impl Into<String>) -> I2cError {
    I2cError::new(I2cErrorCode::Other, message)
}
