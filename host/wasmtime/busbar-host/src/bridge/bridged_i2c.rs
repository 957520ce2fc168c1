use super::bridged_bus::BridgedBus;
use super::bridges::Bridges;
use crate::bus::i2c::{I2cBackend, I2cBus, I2cError, I2cErrorCode, I2cUser, Operation};
use crate::bus::{BusName, Later};
use crate::error::HostError;
use crate::link::Controller;

/// The I2C buses behind the bridges of an open board.
pub(super) struct BridgedI2c(pub(super) Bridges);

impl I2cBackend for BridgedI2c {
    fn name(&self) -> &str {
        "bridges"
    }

    fn open(&self, bus: &BusName, user: &I2cUser<'_>) -> Result<Option<Box<dyn I2cBus>>, HostError> {
        let found = self.0.find(bus, Controller::I2c, user.device)?;
        Ok(found.map(|(bridge, _)| Box::new(BridgedBus::new(bridge, bus)) as Box<dyn I2cBus>))
    }
}

/// The bridge's driver is started when it is used, and again after a trap.
impl I2cBus for BridgedBus {
    /// What is linked for a device behind a bridge waits for its answer.
    fn transaction(&mut self, _address: u16, _operations: &[Operation]) -> Result<Vec<Vec<u8>>, I2cError> {
        Err(other("a bus behind a bridge answers later"))
    }

    fn transaction_later(&mut self, address: u16, operations: &[Operation]) -> Later<Result<Vec<Vec<u8>>, I2cError>> {
        let (opened, operations) = (self.opened(), operations.to_vec());
        let done = tokio::spawn(async move {
            // Started before its turn: while its device is waited for, others have theirs.
            let controller = opened.bridge.i2c().await.map_err(|failure| other(failure.to_string()))?;
            let (number, _turn) = opened.turn(controller.buses()).await.map_err(|error| other(error.message))?;
            controller.transaction(number, address, &operations).await
        });
        Box::pin(async move { done.await.unwrap_or_else(|_| Err(other("the host ends"))) })
    }
}

fn other(message: impl Into<String>) -> I2cError {
    I2cError::new(I2cErrorCode::Other, message)
}
