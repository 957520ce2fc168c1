use super::state::DriverState;
use crate::bindings::exports::busbar::device::{
    block_device, camera, contact, gpio_controller, hid, i2c_controller, sensor, serial_port, spi_controller, switch,
    text_display, usb_echo,
};
use crate::link::{Controller, DeviceKind};
use wasmtime::component::{Instance, InstancePre};
use wasmtime::{Error, Result, Store};

/// What the driver of a bridge exports, each where it has it.
pub struct BridgeExports {
    pub i2c: Option<i2c_controller::Guest>,
    pub spi: Option<spi_controller::Guest>,
    pub gpio: Option<gpio_controller::Guest>,
}

/// The device interface that a driver exports.
pub enum DeviceExports {
    Sensor(sensor::Guest),
    TextDisplay(text_display::Guest),
    Hid(hid::Guest),
    SerialPort(serial_port::Guest),
    BlockDevice(block_device::Guest),
    Camera(camera::Guest),
    UsbEcho(usb_echo::Guest),
    Switch(switch::Guest),
    Contact(contact::Guest),
    /// The buses that others are wired to.
    Bridge(BridgeExports),
    /// Functions of somebody else's.
    Component,
}

impl DeviceExports {
    /// Whether a driver exports all functions of its device's interface. Nothing of it runs.
    ///
    /// # Errors
    ///
    /// When one is missing.
    pub fn check(kind: DeviceKind, controllers: &[Controller], ready: &InstancePre<DriverState>) -> Result<()> {
        match kind {
            DeviceKind::Sensor => sensor::GuestIndices::new(ready).map(drop),
            DeviceKind::TextDisplay => text_display::GuestIndices::new(ready).map(drop),
            DeviceKind::Hid => hid::GuestIndices::new(ready).map(drop),
            DeviceKind::SerialPort => serial_port::GuestIndices::new(ready).map(drop),
            DeviceKind::BlockDevice => block_device::GuestIndices::new(ready).map(drop),
            DeviceKind::Camera => camera::GuestIndices::new(ready).map(drop),
            DeviceKind::UsbEcho => usb_echo::GuestIndices::new(ready).map(drop),
            DeviceKind::Switch => switch::GuestIndices::new(ready).map(drop),
            DeviceKind::Contact => contact::GuestIndices::new(ready).map(drop),
            DeviceKind::Bridge => controllers.iter().try_for_each(|controller| match controller {
                Controller::I2c => i2c_controller::GuestIndices::new(ready).map(drop),
                Controller::Spi => spi_controller::GuestIndices::new(ready).map(drop),
                Controller::Gpio => gpio_controller::GuestIndices::new(ready).map(drop),
            }),
            DeviceKind::Component => Ok(()),
        }
    }

    /// Looks them up in an instance.
    ///
    /// # Errors
    ///
    /// When one is missing, or has another type.
    pub fn of(
        kind: DeviceKind,
        controllers: &[Controller],
        ready: &InstancePre<DriverState>,
        store: &mut Store<DriverState>,
        instance: &Instance,
    ) -> Result<Self> {
        Ok(match kind {
            DeviceKind::Sensor => Self::Sensor(sensor::GuestIndices::new(ready)?.load(store, instance)?),
            DeviceKind::TextDisplay => {
                Self::TextDisplay(text_display::GuestIndices::new(ready)?.load(store, instance)?)
            }
            DeviceKind::Hid => Self::Hid(hid::GuestIndices::new(ready)?.load(store, instance)?),
            DeviceKind::SerialPort => Self::SerialPort(serial_port::GuestIndices::new(ready)?.load(store, instance)?),
            DeviceKind::BlockDevice => {
                Self::BlockDevice(block_device::GuestIndices::new(ready)?.load(store, instance)?)
            }
            DeviceKind::Camera => Self::Camera(camera::GuestIndices::new(ready)?.load(store, instance)?),
            DeviceKind::UsbEcho => Self::UsbEcho(usb_echo::GuestIndices::new(ready)?.load(store, instance)?),
            DeviceKind::Switch => Self::Switch(switch::GuestIndices::new(ready)?.load(store, instance)?),
            DeviceKind::Contact => Self::Contact(contact::GuestIndices::new(ready)?.load(store, instance)?),
            DeviceKind::Bridge => {
                let exports = |controller| controllers.contains(&controller).then_some(ready);
                let i2c = exports(Controller::I2c).map(i2c_controller::GuestIndices::new).transpose()?;
                let spi = exports(Controller::Spi).map(spi_controller::GuestIndices::new).transpose()?;
                let gpio = exports(Controller::Gpio).map(gpio_controller::GuestIndices::new).transpose()?;
                Self::Bridge(BridgeExports {
                    i2c: i2c.map(|indices| indices.load(&mut *store, instance)).transpose()?,
                    spi: spi.map(|indices| indices.load(&mut *store, instance)).transpose()?,
                    gpio: gpio.map(|indices| indices.load(&mut *store, instance)).transpose()?,
                })
            }
            DeviceKind::Component => Self::Component,
        })
    }
}

impl DeviceExports {
    /// Those of a bridge.
    pub fn bridge(&self) -> Option<&BridgeExports> {
        match self {
            Self::Bridge(exports) => Some(exports),
            _ => None,
        }
    }
}

/// What is asked of a driver of another kind: the board has looked before.
pub fn drives_none(what: &str) -> Error {
    Error::msg(format!("it drives no {what}"))
}
