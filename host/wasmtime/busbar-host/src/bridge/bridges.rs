use super::bridged_gpio::BridgedGpio;
use super::bridged_i2c::BridgedI2c;
use super::bridged_spi::BridgedSpi;
use super::driver_bridge::{DriverBridge, SharedTurns};
use crate::board::DeviceEntry;
use crate::bus::{Backends, BusName};
use crate::error::HostError;
use crate::instance::BoardFailure;
use crate::link::Controller;
use crate::locked::locked;
use busbar_core::bridge::BridgedPlace;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// The bridges of an open board, by name: each, or why it has no driver.
#[derive(Clone, Default)]
pub(crate) struct Bridges(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    known: HashMap<String, Result<Arc<DriverBridge>, HostError>>,
    /// Of the bridges that share a bus, by its name.
    turns: HashMap<BusName, SharedTurns>,
}

impl Bridges {
    /// Puts one in its place, that of the one before where there was one.
    pub(crate) fn put(&self, name: &str, bridge: Result<Arc<DriverBridge>, HostError>) {
        locked(&self.0).known.insert(name.to_owned(), bridge);
    }

    /// Takes one away; legal where none has the name.
    pub(crate) fn remove(&self, name: &str) {
        locked(&self.0).known.remove(name);
    }

    /// The turns of a bridge with this entry. Two multiplexers that are both connected are one bus, on which two targets answer at an
    /// address that both pass on.
    pub(crate) fn turns_of(&self, entry: &DeviceEntry) -> SharedTurns {
        let shared = entry.i2c.as_ref().filter(|grant| grant.addresses.len() > 1);
        match shared {
            Some(grant) => locked(&self.0).turns.entry(grant.bus.clone()).or_default().clone(),
            None => SharedTurns::default(),
        }
    }

    /// The bridge of a name.
    pub(crate) fn get(&self, name: &str) -> Option<Arc<DriverBridge>> {
        locked(&self.0).known.get(name)?.clone().ok()
    }

    /// The bridge that a bus of a device's entry is of, and which bus; none where the board has no bridge of that name.
    ///
    /// # Errors
    ///
    /// Why it has no driver, and where that exports no `controller`.
    pub(super) fn find<'a>(
        &self,
        bus: &'a BusName,
        controller: Controller,
        device: &str,
    ) -> Result<Option<(Arc<DriverBridge>, BridgedPlace<'a>)>, HostError> {
        let Some(place) = BridgedPlace::of(bus) else { return Ok(None) };
        let known = locked(&self.0).known.get(place.bridge).cloned();
        let Some(bridge) = known.transpose()? else { return Ok(None) };
        bridge.require(controller, device)?;
        Ok(Some((bridge, place)))
    }

    /// The backends of an open board: what is behind its bridges, then what the platform has.
    pub(crate) fn backends(&self, platform: &Backends) -> Backends {
        let mut backends = platform.clone();
        backends.i2c.insert(0, Arc::new(BridgedI2c(self.clone())));
        backends.spi.insert(0, Arc::new(BridgedSpi(self.clone())));
        backends.gpio.insert(0, Arc::new(BridgedGpio(self.clone())));
        backends
    }

    /// Looks whether the bridges that an entry is wired to have the buses that it names. Their drivers run by then.
    ///
    /// # Errors
    ///
    /// Where one has no such bus, and what its driver answers.
    pub(crate) async fn prepare(&self, device: &str, entry: &DeviceEntry) -> Result<(), BoardFailure> {
        if let Some(grant) = &entry.i2c
            && let Some((bridge, place)) = self.find(&grant.bus, Controller::I2c, device)?
        {
            place.number(bridge.i2c().await?.buses())?;
        }
        if let Some(grant) = &entry.spi
            && let Some((bridge, place)) = self.find(&grant.bus, Controller::Spi, device)?
        {
            place.number(bridge.spi().await?.buses())?;
        }
        Ok(())
    }
}
