use super::pace::Pace;
use busbar_core::i2c_access::I2cAccess;
use busbar_core::supervisor::Wired;
use std::sync::Arc;

/// What the imports of one driver instance work with.
pub struct DriverState {
    pub wired: Wired,
    /// How long it may wait.
    pub pace: Arc<Pace>,
}

impl DriverState {
    /// The device on I2C.
    pub fn i2c(&mut self) -> I2cAccess<'_> {
        let Wired { device, entry, clock, trace, quota, bus, .. } = &mut self.wired;
        I2cAccess { device, entry, clock: *clock, trace, quota, bus: bus.as_deref_mut() }
    }
}
