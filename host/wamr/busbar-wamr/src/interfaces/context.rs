use super::wasi_i2c::DrivesI2c;
use busbar_core::board::DeviceEntry;
use busbar_core::clock::Clock;
use busbar_core::trace::Trace;

/// What the imports of one driver instance work with. It has one bus, and all its handles are of that.
pub trait DriverContext: DrivesI2c {
    /// The device's name in the board file.
    fn device(&self) -> &str;

    /// What the board grants it.
    fn entry(&self) -> &DeviceEntry;

    /// The board's time.
    fn clock(&self) -> Clock;

    /// What the operator is told by.
    fn trace(&self) -> &Trace;
}
