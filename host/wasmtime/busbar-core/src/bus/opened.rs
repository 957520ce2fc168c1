#[cfg(feature = "std")]
use super::gpio::OpenedGpio;
use super::i2c::I2cBus;
use super::spi::SpiDevice;
#[cfg(feature = "std")]
use super::uart::UartLine;
use alloc::boxed::Box;

/// What one life of a driver, or one run of an app, has of the buses of an entry. Dropping it gives them back.
#[derive(Default)]
pub struct OpenedBuses {
    /// None where the entry has no I2C grant.
    pub i2c: Option<Box<dyn I2cBus>>,
    /// None where the entry has no SPI grant.
    pub spi: Option<Box<dyn SpiDevice>>,
    /// None where the entry has no GPIO grant.
    #[cfg(feature = "std")]
    pub gpio: Option<OpenedGpio>,
    /// None where the entry has no serial port.
    #[cfg(feature = "std")]
    pub uart: Option<UartLine>,
}
