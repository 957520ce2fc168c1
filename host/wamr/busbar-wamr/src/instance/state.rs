use super::pace::Pace;
use crate::interfaces::Waits;
use crate::interfaces::wasi_i2c::DrivesI2c;
use crate::trap::Trap;
use busbar_core::i2c_access::I2cAccess;
use busbar_core::supervisor::Wired;
use std::sync::Arc;
use std::time::Duration;

/// What the imports of one driver instance work with.
pub struct DriverState {
    pub wired: Wired,
    /// How long it may wait.
    pub pace: Arc<Pace>,
}

impl Waits for DriverState {
    fn sleep(&self, duration: Duration) -> Result<(), Trap> {
        self.pace.sleep(duration)
    }
}

impl DrivesI2c for DriverState {
    /// A driver has one bus, and all its handles are of that.
    fn i2c(&mut self, _bus: u32) -> Option<I2cAccess<'_>> {
        let Wired { device, entry, clock, trace, quota, bus, .. } = &mut self.wired;
        Some(I2cAccess { device, entry, clock: *clock, trace, quota, bus: bus.as_deref_mut() })
    }
}
