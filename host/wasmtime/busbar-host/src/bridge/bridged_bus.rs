use super::driver_bridge::{DriverBridge, Turn};
use crate::bus::BusName;
use crate::error::HostError;
use busbar_core::bridge::BridgedPlace;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// One bus of a bridge, as somebody has it opened until this is dropped.
pub(super) struct BridgedBus(Arc<Opened>);

/// What a transaction has of it, which may go on when nobody has the bus any more.
pub(super) struct Opened {
    pub(super) bridge: Arc<DriverBridge>,
    /// As the board file names it.
    bus: BusName,
    /// Whether nobody has it any more.
    is_gone: AtomicBool,
}

impl BridgedBus {
    /// `bus` is the name that the bridge was found by.
    pub(super) fn new(bridge: Arc<DriverBridge>, bus: &BusName) -> Self {
        Self(Arc::new(Opened { bridge, bus: bus.clone(), is_gone: AtomicBool::new(false) }))
    }

    /// For one transaction.
    pub(super) fn opened(&self) -> Arc<Opened> {
        self.0.clone()
    }
}

impl Drop for BridgedBus {
    fn drop(&mut self) {
        self.0.is_gone.store(true, Ordering::Release);
    }
}

impl Opened {
    /// Waits for a turn; gives it with the number of the bus, of as many as the bridge has.
    ///
    /// # Errors
    ///
    /// Where the bridge has no such bus, and where nobody has this one any more when its turn comes.
    pub(super) async fn turn(&self, buses: u8) -> Result<(u8, Turn<'_>), HostError> {
        let place = BridgedPlace::of(&self.bus).ok_or_else(|| HostError::backend("this bus is of no bridge"))?;
        let number = place.number(buses)?;
        let turn = self.bridge.turn().await;
        if self.is_gone.load(Ordering::Acquire) {
            return Err(HostError::backend("this bus was closed"));
        }
        Ok((number, turn))
    }
}
