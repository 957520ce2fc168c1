use super::drives_buses::DrivesBuses;
use busbar_core::board::DeviceEntry;
use busbar_core::clock::Clock;
use busbar_core::trace::Trace;

/// What the imports of one driver instance work with. It has one device, and all its handles are of that.
pub trait DriverContext: DrivesBuses {
    /// The device's name in the board file.
    fn device(&self) -> &str;

    /// What the board grants it.
    fn entry(&self) -> &DeviceEntry;

    /// The board's time.
    fn clock(&self) -> Clock;

    /// What the operator is told by.
    fn trace(&self) -> &Trace;
}
