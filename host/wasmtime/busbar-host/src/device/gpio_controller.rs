use super::DeviceError;
use super::opened::{Called, Opened};
use crate::bindings::exports::busbar::device::gpio_controller;
use crate::bus::gpio::{GpioDirection, GpioLevel, Pull};
use crate::instance::{DriverInstance, DriverState, Guest, drives_none};
use busbar_core::device::{require_lines, short_name};
use std::sync::Arc;
use wasmtime::Store;
use wasmtime::component::ResourceAny;

/// How a line is to be used.
#[derive(Debug, Clone, Copy)]
pub struct ControllerLineUse {
    pub direction: GpioDirection,
    /// The resistor; as it is where there is none.
    pub pull: Option<Pull>,
    /// What an output has from the moment that it is one.
    pub initial: GpioLevel,
}

/// Opened GPIO lines that a driver drives: what a bridge has where others are wired to them.
pub struct GpioController {
    opened: Opened,
    lines: Vec<String>,
}

impl GpioController {
    /// Opens the controller of a running instance.
    ///
    /// # Errors
    ///
    /// What the driver answers, and `protocol` where that makes no sense.
    pub async fn open(name: &str, instance: Arc<DriverInstance>) -> Result<Self, DeviceError> {
        let opened = Opened::open(name, instance, async |guest| {
            let (store, exports) = parts(guest)?;
            exports.call_open(store, name).await
        });
        let opened = opened.await?;
        let call = opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            Ok(Ok(exports.device().call_lines(store, device).await?))
        });
        let asked = call.await.and_then(|lines| require_lines(name, lines.len()).map(|()| lines));
        let (opened, lines) = opened.keep_if(asked, close_guest).await?;
        Ok(Self { opened, lines: lines.iter().map(|line| short_name(line)).collect() })
    }

    /// The names of its lines, in the order of their offsets from 0.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// Gets a line ready to be used.
    ///
    /// # Errors
    ///
    /// What the driver answers: `unsupported` where it cannot be used so.
    pub async fn take(&self, offset: u16, usage: ControllerLineUse) -> Result<(), DeviceError> {
        let usage = gpio_controller::LineUse {
            direction: match usage.direction {
                GpioDirection::In => gpio_controller::Direction::In,
                GpioDirection::Out => gpio_controller::Direction::Out,
                GpioDirection::InOut => gpio_controller::Direction::InOut,
            },
            pull: usage.pull.map(|pull| match pull {
                Pull::Up => gpio_controller::Pull::Up,
                Pull::Down => gpio_controller::Pull::Down,
            }),
            // An entry that has such a line is refused on this host.
            open_drain: false,
            initial: usage.initial.into(),
        };
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_take(store, device, offset, usage).await
        });
        call.await
    }

    /// The level that is there now; of an output, too.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn read(&self, offset: u16) -> Result<GpioLevel, DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_read(store, device, offset).await
        });
        Ok(match call.await? {
            gpio_controller::Level::Low => GpioLevel::Low,
            gpio_controller::Level::High => GpioLevel::High,
        })
    }

    /// Sets the level of an output.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn write(&self, offset: u16, level: GpioLevel) -> Result<(), DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_write(store, device, offset, level.into()).await
        });
        call.await
    }

    /// Gives a line back.
    ///
    /// # Errors
    ///
    /// What the driver answers.
    pub async fn release(&self, offset: u16) -> Result<(), DeviceError> {
        let call = self.opened.call(async |guest, device| {
            let (store, exports) = parts(guest)?;
            exports.device().call_release(store, device, offset).await
        });
        call.await
    }

    /// Leaves the part as its driver's README says, before its life ends.
    pub async fn leave(&self) {
        self.opened.leave(close_guest).await;
    }

    /// Gives it back.
    ///
    /// # Errors
    ///
    /// When the driver fails in it.
    pub async fn close(self) -> Result<(), DeviceError> {
        self.opened.close(close_guest).await
    }
}

impl From<GpioLevel> for gpio_controller::Level {
    fn from(level: GpioLevel) -> Self {
        match level {
            GpioLevel::Low => Self::Low,
            GpioLevel::High => Self::High,
        }
    }
}

async fn close_guest(guest: &mut Guest, device: ResourceAny) -> Called<()> {
    let (store, exports) = parts(guest)?;
    Ok(Ok(exports.device().call_close(store, device).await?))
}

fn parts(guest: &mut Guest) -> wasmtime::Result<(&mut Store<DriverState>, &gpio_controller::Guest)> {
    match guest.exports.bridge().and_then(|exports| exports.gpio.as_ref()) {
        Some(exports) => Ok((&mut guest.store, exports)),
        None => Err(drives_none("GPIO controller")),
    }
}
