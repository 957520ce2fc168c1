use super::OpenedBuses;
use super::gpio::{self, GpioBackend, OpenedGpio};
use super::i2c::{self, I2cBackend};
use super::spi::{self, SpiBackend};
use super::uart::{UartBackend, UartLine, UartWiring};
use crate::board::DeviceEntry;
use crate::clock::Clock;
use crate::error::HostError;
use std::sync::Arc;

/// What a platform has for the buses whose devices stay where they are. Those of each are asked in this order, until one has what an
/// entry is wired to.
#[derive(Clone, Default)]
pub struct Backends {
    pub i2c: Vec<Arc<dyn I2cBackend>>,
    pub spi: Vec<Arc<dyn SpiBackend>>,
    pub gpio: Vec<Arc<dyn GpioBackend>>,
    /// Of ports that can come and go.
    pub uart: Vec<Arc<dyn UartBackend>>,
}

impl Backends {
    /// Opens what the entry of a device is wired to; but for its serial port, which may have to be waited for. `clock` is the board's.
    ///
    /// # Errors
    ///
    /// When there is no such bus, or it cannot be used.
    pub fn open(&self, device: &str, entry: &DeviceEntry, clock: Clock) -> Result<OpenedBuses, HostError> {
        let i2c = entry.i2c.as_ref().map(|grant| i2c::open_bus(device, grant, &self.i2c)).transpose()?;
        let spi = entry.spi.as_ref().map(|grant| spi::open_spi(device, grant, &self.spi)).transpose()?;
        let gpio = entry.gpio.as_ref().map(|grant| gpio::open_gpio(device, grant, &self.gpio, clock)).transpose()?;
        let uart = self.uart_wiring(device, entry).map(UartLine::new);
        Ok(OpenedBuses { i2c, spi, gpio, uart })
    }

    /// The serial port of the entry of a device; none where it has none.
    pub fn uart_wiring(&self, device: &str, entry: &DeviceEntry) -> Option<UartWiring> {
        entry.uart.as_ref().map(|grant| UartWiring::new(device, grant, &self.uart))
    }

    /// What a driver gets that is only tried with new settings: nothing can be done with it.
    pub fn trial(entry: &DeviceEntry) -> OpenedBuses {
        OpenedBuses {
            i2c: entry.i2c.as_ref().map(|_| i2c::trial_bus()),
            spi: entry.spi.as_ref().map(|_| spi::trial_device()),
            gpio: entry.gpio.as_ref().map(|_| OpenedGpio::trial()),
            uart: entry.uart.as_ref().map(UartLine::trial),
        }
    }
}
