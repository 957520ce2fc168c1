use super::OpenedBuses;
use super::i2c::{self, I2cBackend};
use super::spi::{self, SpiBackend};
use crate::board::DeviceEntry;
use crate::error::HostError;
use std::sync::Arc;

/// What a platform has for the buses whose devices stay where they are. Those of each are asked in this order, until one has what an
/// entry is wired to.
#[derive(Clone, Default)]
pub struct Backends {
    pub i2c: Vec<Arc<dyn I2cBackend>>,
    pub spi: Vec<Arc<dyn SpiBackend>>,
}

impl Backends {
    /// Opens what the entry of a device is wired to.
    ///
    /// # Errors
    ///
    /// When there is no such bus, or it cannot be used.
    pub fn open(&self, device: &str, entry: &DeviceEntry) -> Result<OpenedBuses, HostError> {
        let i2c = entry.i2c.as_ref().map(|grant| i2c::open_bus(device, grant, &self.i2c)).transpose()?;
        let spi = entry.spi.as_ref().map(|grant| spi::open_spi(device, grant, &self.spi)).transpose()?;
        Ok(OpenedBuses { i2c, spi })
    }

    /// What a driver gets that is only tried with new settings: nothing can be done with it.
    pub fn trial(entry: &DeviceEntry) -> OpenedBuses {
        OpenedBuses {
            i2c: entry.i2c.as_ref().map(|_| i2c::trial_bus()),
            spi: entry.spi.as_ref().map(|_| spi::trial_device()),
        }
    }
}
