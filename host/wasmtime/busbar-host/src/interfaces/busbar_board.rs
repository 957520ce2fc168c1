//! busbar:board@0.1.0: what the operator wired to the one name that a driver instance has.

use super::wasi_i2c::{DelayHandle, I2cHandle};
use crate::bindings::busbar::board::{i2c, log, settings, time};
use crate::instance::DriverState;
use crate::wait::sleep;
use std::time::Duration;
use wasmtime::Result;
use wasmtime::component::Resource;

impl i2c::Host for DriverState {
    fn open(&mut self, name: String) -> Result<Result<i2c::Wiring, i2c::Error>> {
        // The same answer for a name that exists and one that does not: a driver must not learn what else is wired.
        if name != *self.device {
            return Ok(Err(i2c::Error::AccessDenied(self.trace.audit_name(&self.device, &name, "i2c.open"))));
        }
        let address = self.entry.i2c.as_ref().and_then(|grant| grant.addresses.first().copied());
        match (address, &self.buses.i2c) {
            (Some(address), Some(_)) => {
                let bus = self.table.push(I2cHandle { device: self.device.clone() })?;
                Ok(Ok(i2c::Wiring { bus, address }))
            }
            _ => Ok(Err(i2c::Error::NotFound(format!("the board wires no I2C target to \"{name}\"")))),
        }
    }

    fn open_delay(&mut self) -> Result<Resource<DelayHandle>> {
        Ok(self.table.push(DelayHandle)?)
    }
}

impl settings::Host for DriverState {
    fn get(&mut self, name: String) -> Result<Vec<(String, String)>> {
        if name != *self.device {
            self.trace.audit_name(&self.device, &name, "settings.get");
            return Ok(Vec::new());
        }
        Ok(self.entry.settings.clone())
    }
}

impl log::Host for DriverState {
    fn warn(&mut self, message: String) -> Result<()> {
        self.trace.warn(&self.device, &message);
        Ok(())
    }
}

impl time::Host for DriverState {
    fn now_ms(&mut self) -> Result<f64> {
        Ok(self.clock.now_ms())
    }

    /// Waits as a part of the current call, whose limit ends it.
    async fn wait_ms(&mut self, milliseconds: u32) -> Result<()> {
        sleep(Duration::from_millis(milliseconds.into())).await;
        Ok(())
    }
}
