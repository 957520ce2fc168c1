//! What drivers answer is judged when it goes on as a value, to an app, as where a program asks: an answer that makes no sense is
//! a `protocol` error of the device.

mod block_device;
mod camera;
mod contact;
mod hid;
mod sensor;
mod serial_port;
mod text_display;
mod usb_echo;

use super::{Channel, DeviceError, Told};
use crate::link::DeviceKind;

/// The functions in which a driver describes its device, which are asked when it is opened.
pub fn descriptions(kind: DeviceKind) -> &'static [&'static str] {
    match kind {
        DeviceKind::Sensor => &[INFO, sensor::CHANNELS],
        DeviceKind::TextDisplay => &[INFO, text_display::SIZE, text_display::CAPABILITIES],
        DeviceKind::Hid => &[INFO, hid::REPORT_DESCRIPTOR, hid::COLLECTIONS, hid::FIELDS],
        DeviceKind::Camera => &[INFO, camera::MODES],
        DeviceKind::SerialPort | DeviceKind::UsbEcho | DeviceKind::Switch | DeviceKind::Contact => &[INFO],
        // Its `info` is of the medium, and may fail.
        DeviceKind::BlockDevice | DeviceKind::Bridge | DeviceKind::Component => &[],
    }
}

/// Which device it is, of every kind. The texts of what it gives are names, which are cut where they are longer than any is.
pub const INFO: &str = "[method]device.info";
/// What a device gives, of every kind that gives something.
pub const READ: &str = "[method]device.read";

/// Judges the answers of one opened device by what its driver said of it.
pub enum Judge {
    Sensor(Vec<Channel>),
    Hid {
        fields: usize,
    },
    SerialPort,
    BlockDevice,
    UsbEcho,
    Contact,
    /// All that it answers later is what its type says.
    Plain,
}

impl Judge {
    /// Judges what a driver said of its device: `said` gives that by the names of the functions.
    ///
    /// # Errors
    ///
    /// `protocol` where it makes no sense.
    pub fn of<'a, T: Told<'a>>(
        kind: DeviceKind,
        device: &str,
        said: impl Fn(&str) -> Option<T>,
    ) -> Result<Self, DeviceError> {
        // Each of them is said.
        let told: Option<Vec<T>> = descriptions(kind).iter().map(|function| said(function)).collect();
        let judge = match (kind, told.as_deref()) {
            (DeviceKind::Sensor, Some([_, channels])) => sensor::channels(device, *channels)?.map(Self::Sensor),
            (DeviceKind::TextDisplay, Some([_, size, capabilities])) => {
                text_display::judge(device, *size, *capabilities)?.map(|()| Self::Plain)
            }
            (DeviceKind::Hid, Some([_, descriptor, collections, fields])) => {
                hid::describe(device, [*descriptor, *collections, *fields])?.map(|fields| Self::Hid { fields })
            }
            (DeviceKind::Camera, Some([_, modes])) => camera::judge(device, *modes)?.map(|()| Self::Plain),
            (DeviceKind::UsbEcho, Some([info])) => usb_echo::judge(device, *info)?.map(|()| Self::UsbEcho),
            (DeviceKind::SerialPort, Some([_])) => Some(Self::SerialPort),
            (DeviceKind::Contact, Some([_])) => Some(Self::Contact),
            (DeviceKind::Switch, Some([_])) => Some(Self::Plain),
            (DeviceKind::BlockDevice, _) => Some(Self::BlockDevice),
            (DeviceKind::Component, _) => Some(Self::Plain),
            _ => None,
        };
        judge.ok_or_else(|| other_form(device))
    }

    /// Judges what a method of the device gave that did not fail. `arguments` are those after the device itself.
    ///
    /// # Errors
    ///
    /// `protocol` where it makes no sense.
    pub fn require<'a, T: Told<'a>>(
        &self,
        device: &str,
        method: &str,
        arguments: &[T],
        answer: T,
    ) -> Result<(), DeviceError> {
        let judged = match self {
            Self::Sensor(channels) => sensor::require(device, method, channels, answer)?,
            Self::Hid { fields } => hid::require(device, method, *fields, answer)?,
            Self::SerialPort => serial_port::require(device, method, arguments, answer)?,
            Self::BlockDevice => block_device::require(device, method, arguments, answer)?,
            Self::UsbEcho => usb_echo::require(device, method, arguments, answer)?,
            Self::Contact => contact::require(device, method, answer)?,
            Self::Plain => Some(()),
        };
        judged.ok_or_else(|| other_form(device))
    }
}

/// A driver's types are looked at before it runs.
fn other_form(device: &str) -> DeviceError {
    DeviceError::protocol(device, "the driver answers in another form than its type says; its author has to mend that")
}
