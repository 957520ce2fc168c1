use crate::board::{AppEntry, Board, DeviceEntry, I2cGrant};
use crate::clock::Clock;
use crate::error::HostError;
use crate::grants::DeviceQuota;
use crate::i2c::I2cBus;
use crate::i2c_access::I2cAccess;
use crate::link::driven_devices;
use crate::trace::Trace;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// Opens the bus of a device for an app that drives it.
pub type OpenDeviceBus = dyn Fn(&str, &I2cGrant) -> Result<Box<dyn I2cBus>, HostError> + Send + Sync;

/// What the limits of the devices without a driver leave, by their names: for all runs of all apps together.
pub type DeviceQuotas = HashMap<String, Arc<Mutex<DeviceQuota>>>;

/// The whole limits of a board's devices without a driver.
pub fn quotas_of_driven(board: &Board) -> DeviceQuotas {
    let driven = board.devices.iter().filter(|(_, entry)| entry.driver.is_none());
    driven.map(|(name, entry)| (name.clone(), Arc::new(Mutex::new(DeviceQuota::new(entry))))).collect()
}

struct DrivenDevice {
    name: String,
    entry: DeviceEntry,
    quota: Arc<Mutex<DeviceQuota>>,
    /// Opened when the app asks for it, and closed with its run.
    bus: Option<Box<dyn I2cBus>>,
}

/// The devices that a run of an app drives itself: those that it uses and that have no driver.
pub struct DrivenDevices {
    /// By their names.
    devices: HashMap<String, DrivenDevice>,
    open_bus: Arc<OpenDeviceBus>,
}

impl DrivenDevices {
    /// Those of an app's entry.
    pub fn new(entry: &AppEntry, board: &Board, quotas: &DeviceQuotas, open_bus: Arc<OpenDeviceBus>) -> Self {
        let devices = driven_devices(entry, board).filter_map(|(name, entry)| {
            let quota = quotas.get(name)?.clone();
            let name = name.to_owned();
            Some((name.clone(), DrivenDevice { name, entry: entry.clone(), quota, bus: None }))
        });
        Self { devices: devices.collect(), open_bus }
    }

    /// The entry of one of them.
    pub fn entry(&self, device: &str) -> Option<&DeviceEntry> {
        self.devices.get(device).map(|driven| &driven.entry)
    }

    /// Opens the bus of one of them, where it is not open.
    ///
    /// # Errors
    ///
    /// When there is no such bus, or it cannot be used.
    pub fn open_bus(&mut self, device: &str) -> Result<(), HostError> {
        let Some(driven) = self.devices.get_mut(device) else { return Ok(()) };
        if let (Some(grant), None) = (&driven.entry.i2c, &driven.bus) {
            driven.bus = Some((self.open_bus)(device, grant)?);
        }
        Ok(())
    }

    /// One of them, for a transaction.
    pub fn i2c<'a>(&'a mut self, device: &str, clock: Clock, trace: &'a Trace) -> Option<I2cAccess<'a>> {
        let DrivenDevice { name, entry, quota, bus } = self.devices.get_mut(device)?;
        Some(I2cAccess { device: name, entry, clock, trace, quota, bus: bus.as_deref_mut() })
    }
}
