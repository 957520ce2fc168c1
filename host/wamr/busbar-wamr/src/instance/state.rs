use super::pace::Pace;
use crate::interfaces::DriverContext;
use crate::trap::Trap;
use busbar_core::board::DeviceEntry;
use busbar_core::clock::Clock;
use busbar_core::grants::DeviceQuota;
use busbar_core::i2c::I2cBus;
use busbar_core::i2c_access::I2cAccess;
use busbar_core::trace::Trace;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What the imports of one driver instance work with.
pub struct DriverState {
    /// The device's name in the board file.
    pub device: Arc<str>,
    pub entry: Arc<DeviceEntry>,
    pub clock: Clock,
    pub trace: Trace,
    /// The device's, not the instance's: neither another handle nor another start gives more.
    pub quota: Arc<Mutex<DeviceQuota>>,
    /// The bus of the entry's I2C grant, opened; none where the entry has none.
    pub bus: Option<Box<dyn I2cBus>>,
    /// How long it may wait.
    pub pace: Arc<Pace>,
}

impl DriverContext for DriverState {
    fn device(&self) -> &str {
        &self.device
    }

    fn entry(&self) -> &DeviceEntry {
        &self.entry
    }

    fn clock(&self) -> Clock {
        self.clock
    }

    fn trace(&self) -> &Trace {
        &self.trace
    }

    fn i2c(&mut self) -> I2cAccess<'_> {
        I2cAccess {
            device: &self.device,
            entry: &self.entry,
            clock: self.clock,
            trace: &self.trace,
            quota: &self.quota,
            bus: self.bus.as_deref_mut(),
        }
    }

    fn sleep(&mut self, duration: Duration) -> Result<(), Trap> {
        self.pace.sleep(duration)
    }
}
