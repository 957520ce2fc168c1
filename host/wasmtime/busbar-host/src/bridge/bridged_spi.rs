use super::bridges::Bridges;
use super::driver_bridge::DriverBridge;
use crate::bus::Later;
use crate::bus::spi::{Operation, SpiBackend, SpiDevice, SpiError, SpiGrant};
use crate::error::HostError;
use crate::link::Controller;
use busbar_core::bridge::BridgedPlace;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The SPI buses behind the bridges of an open board.
pub(super) struct BridgedSpi(pub(super) Bridges);

impl SpiBackend for BridgedSpi {
    fn name(&self) -> &str {
        "bridges"
    }

    fn open(&self, device: &str, wiring: &SpiGrant) -> Result<Option<Box<dyn SpiDevice>>, HostError> {
        let found = self.0.find(&wiring.bus, Controller::Spi, device)?;
        Ok(found.map(|(bridge, _)| {
            Box::new(BridgedDevice { bridge, wiring: wiring.clone(), is_gone: Arc::default() }) as Box<dyn SpiDevice>
        }))
    }
}

/// One device on an SPI bus of a bridge, as somebody has it opened: the bridge's driver is started when it is used, and again after a trap.
struct BridgedDevice {
    bridge: Arc<DriverBridge>,
    wiring: SpiGrant,
    /// Whether nobody has it any more.
    is_gone: Arc<AtomicBool>,
}

impl SpiDevice for BridgedDevice {
    /// What is linked for a device behind a bridge waits for its answer.
    fn transaction(&mut self, _operations: &[Operation]) -> Result<Vec<Vec<u8>>, SpiError> {
        Err(SpiError::other("a bus behind a bridge answers later"))
    }

    fn transaction_later(&mut self, operations: &[Operation]) -> Later<Result<Vec<Vec<u8>>, SpiError>> {
        let (bridge, wiring, is_gone, operations) =
            (self.bridge.clone(), self.wiring.clone(), self.is_gone.clone(), operations.to_vec());
        let done = tokio::spawn(async move {
            // Started before its turn: while its device is waited for, others have theirs.
            let controller = bridge.spi().await.map_err(|failure| SpiError::other(failure.to_string()))?;
            let place = BridgedPlace::of(&wiring.bus).ok_or_else(|| SpiError::other("this bus is of no bridge"))?;
            let number = place.number(controller.buses()).map_err(|error| SpiError::other(error.message))?;
            let _turn = bridge.turn().await;
            if is_gone.load(Ordering::Acquire) {
                return Err(SpiError::other("this bus was closed"));
            }
            controller.transaction(number, &wiring, &operations).await
        });
        Box::pin(async move { done.await.unwrap_or_else(|_| Err(SpiError::other("the host ends"))) })
    }
}

impl Drop for BridgedDevice {
    fn drop(&mut self) {
        self.is_gone.store(true, Ordering::Release);
    }
}
