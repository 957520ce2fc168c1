//! busbar:board as an app imports it that was composed with its drivers, or drives devices itself: each name is one of the
//! devices wired to it.

use super::context::AppState;
use crate::bindings::busbar::board::{i2c, log, settings, time};
use crate::interfaces::wasi_i2c::{DelayHandle, I2cHandle};
use crate::wait::sleep;
use busbar_core::app::refuse_to_drive;
use std::time::Duration;
use wasmtime::Result;
use wasmtime::component::Resource;

impl i2c::Host for AppState {
    fn open(&mut self, name: String) -> Result<Result<i2c::Wiring, i2c::Error>> {
        let Some(entry) = self.driven.entry(&name) else {
            return Ok(Err(i2c::Error::AccessDenied(self.refuse(&name, "i2c.open"))));
        };
        let Some(address) = entry.i2c.as_ref().and_then(|grant| grant.addresses.first().copied()) else {
            return Ok(Err(i2c::Error::NotFound(format!("the board wires no I2C target to \"{name}\""))));
        };
        // A bus that this machine does not have is no end of the app, which can go on without.
        if let Err(error) = self.driven.open_buses(&name) {
            return Ok(Err(i2c::Error::NotFound(error.message)));
        }
        let bus = self.table.push(I2cHandle { device: name.into() })?;
        Ok(Ok(i2c::Wiring { bus, address }))
    }

    fn open_delay(&mut self) -> Result<Resource<DelayHandle>> {
        Ok(self.table.push(DelayHandle)?)
    }
}

impl settings::Host for AppState {
    fn get(&mut self, name: String) -> Result<Vec<(String, String)>> {
        if let Some(entry) = self.driven.entry(&name) {
            return Ok(entry.settings.clone());
        }
        self.refuse(&name, "settings.get");
        Ok(Vec::new())
    }
}

impl time::Host for AppState {
    fn now_ms(&mut self) -> Result<f64> {
        Ok(self.clock.now_ms())
    }

    async fn wait_ms(&mut self, milliseconds: u32) -> Result<()> {
        sleep(Duration::from_millis(milliseconds.into())).await;
        Ok(())
    }
}

/// Of drivers that were composed into it: which of them speaks is not known here.
impl log::Host for AppState {
    fn warn(&mut self, message: String) -> Result<()> {
        self.trace.warn(&self.app, &message);
        Ok(())
    }
}

impl AppState {
    fn refuse(&self, name: &str, call: &str) -> String {
        refuse_to_drive(&self.app, &self.trace, name, call)
    }
}
