use crate::trap::Trap;
use busbar_core::board::DeviceEntry;
use busbar_core::clock::Clock;
use busbar_core::i2c_access::I2cAccess;
use busbar_core::trace::Trace;
use core::time::Duration;

/// What the imports of one driver instance work with.
pub trait DriverContext {
    /// The device's name in the board file.
    fn device(&self) -> &str;

    /// What the board grants it.
    fn entry(&self) -> &DeviceEntry;

    /// The board's time.
    fn clock(&self) -> Clock;

    /// What the operator is told by.
    fn trace(&self) -> &Trace;

    /// The device on I2C.
    fn i2c(&mut self) -> I2cAccess<'_>;

    /// Waits for at least so long, as a part of the current call, whose limit ends it.
    ///
    /// # Errors
    ///
    /// [`Trap::Ended`] as soon as it is told to end.
    fn sleep(&mut self, duration: Duration) -> Result<(), Trap>;
}
