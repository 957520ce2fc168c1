use super::state::DriverState;
use crate::bindings::exports::busbar::device::{
    block_device, camera, contact, hid, sensor, serial_port, switch, text_display, usb_echo,
};
use crate::link::DeviceKind;
use wasmtime::component::{Instance, InstancePre};
use wasmtime::{Error, Result, Store};

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
    /// Functions of somebody else's.
    Component,
}

impl DeviceExports {
    /// Whether a driver exports all functions of its device's interface. Nothing of it runs.
    ///
    /// # Errors
    ///
    /// When one is missing.
    pub fn check(kind: DeviceKind, ready: &InstancePre<DriverState>) -> Result<()> {
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
            DeviceKind::Component => Self::Component,
        })
    }
}

/// What is asked of a driver of another kind: the board has looked before.
pub fn drives_none(what: &str) -> Error {
    Error::msg(format!("it drives no {what}"))
}
