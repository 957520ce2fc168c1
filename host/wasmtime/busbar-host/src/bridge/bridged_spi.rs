use super::bridged_bus::BridgedBus;
use super::bridges::Bridges;
use crate::bus::Later;
use crate::bus::spi::{Operation, SpiBackend, SpiDevice, SpiError, SpiGrant};
use crate::error::HostError;
use crate::link::Controller;

/// The SPI buses behind the bridges of an open board.
pub(super) struct BridgedSpi(pub(super) Bridges);

impl SpiBackend for BridgedSpi {
    fn name(&self) -> &str {
        "bridges"
    }

    fn open(&self, device: &str, wiring: &SpiGrant) -> Result<Option<Box<dyn SpiDevice>>, HostError> {
        let found = self.0.find(&wiring.bus, Controller::Spi, device)?;
        Ok(found.map(|(bridge, _)| {
            let bus = BridgedBus::new(bridge, &wiring.bus);
            Box::new(BridgedDevice { bus, wiring: wiring.clone() }) as Box<dyn SpiDevice>
        }))
    }
}

/// One device on an SPI bus of a bridge, whose driver is started when it is used, and again after a trap.
struct BridgedDevice {
    bus: BridgedBus,
    wiring: SpiGrant,
}

impl SpiDevice for BridgedDevice {
    /// What is linked for a device behind a bridge waits for its answer.
    fn transaction(&mut self, _operations: &[Operation]) -> Result<Vec<Vec<u8>>, SpiError> {
        Err(SpiError::other("a bus behind a bridge answers later"))
    }

    fn transaction_later(&mut self, operations: &[Operation]) -> Later<Result<Vec<Vec<u8>>, SpiError>> {
        let (opened, wiring, operations) = (self.bus.opened(), self.wiring.clone(), operations.to_vec());
        let done = tokio::spawn(async move {
            // Started before its turn: while its device is waited for, others have theirs.
            let controller = opened.bridge.spi().await.map_err(|failure| SpiError::other(failure.to_string()))?;
            let turn = opened.turn(controller.buses()).await;
            let (number, _turn) = turn.map_err(|error| SpiError::other(error.message))?;
            controller.transaction(number, &wiring, &operations).await
        });
        Box::pin(async move { done.await.unwrap_or_else(|_| Err(SpiError::other("the host ends"))) })
    }
}
