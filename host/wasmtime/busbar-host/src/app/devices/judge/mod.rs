//! What drivers answer an app is judged as what they answer a program: an answer that makes no sense is a `protocol` error
//! of the device, and none of the app's business.

mod block_device;
mod camera;
mod fields;
mod hid;
mod sensor;
mod serial_port;
mod text_display;
mod usb_echo;

use crate::device::{Channel, DeviceError};
use crate::link::DeviceKind;
use std::collections::HashMap;
use wasmtime::component::Val;

/// The functions in which a driver describes its device, which are asked when it is opened.
pub fn descriptions(kind: DeviceKind) -> &'static [&'static str] {
    match kind {
        DeviceKind::Sensor => &[INFO, sensor::CHANNELS],
        DeviceKind::TextDisplay => &[INFO, text_display::SIZE, text_display::CAPABILITIES],
        DeviceKind::Hid => &[INFO, hid::REPORT_DESCRIPTOR, hid::COLLECTIONS, hid::FIELDS],
        DeviceKind::Camera => &[INFO, camera::MODES],
        DeviceKind::SerialPort | DeviceKind::UsbEcho => &[INFO],
        // Its `info` is of the medium, and may fail.
        DeviceKind::BlockDevice | DeviceKind::Component => &[],
    }
}

/// Which device it is.
const INFO: &str = "[method]device.info";

/// Judges the answers of one opened device by what its driver said of it.
pub enum Judge {
    Sensor(Vec<Channel>),
    Hid {
        fields: usize,
    },
    SerialPort,
    BlockDevice,
    UsbEcho,
    /// All that it answers later is what its type says.
    Plain,
}

impl Judge {
    /// Judges what a driver said of its device, by the names of the functions; names are cut where they are longer than any
    /// is.
    ///
    /// # Errors
    ///
    /// `protocol` where it makes no sense.
    pub fn of(kind: DeviceKind, device: &str, said: &mut HashMap<String, Val>) -> Result<Self, DeviceError> {
        if let Some(info) = said.get_mut(INFO) {
            fields::shorten_texts(info);
        }
        let none = Val::Bool(false);
        let said = |function: &str| said.get(function).unwrap_or(&none);
        let judge = match kind {
            DeviceKind::Sensor => sensor::channels(device, said(sensor::CHANNELS))?.map(Self::Sensor),
            DeviceKind::TextDisplay => {
                text_display::judge(device, said(text_display::SIZE), said(text_display::CAPABILITIES))?
                    .map(|()| Self::Plain)
            }
            DeviceKind::Hid => {
                let told = [hid::REPORT_DESCRIPTOR, hid::COLLECTIONS, hid::FIELDS].map(said);
                hid::describe(device, told)?.map(|fields| Self::Hid { fields })
            }
            DeviceKind::Camera => camera::judge(device, said(camera::MODES))?.map(|()| Self::Plain),
            DeviceKind::UsbEcho => usb_echo::judge(device, said(INFO))?.map(|()| Self::UsbEcho),
            DeviceKind::SerialPort => Some(Self::SerialPort),
            DeviceKind::BlockDevice => Some(Self::BlockDevice),
            DeviceKind::Component => Some(Self::Plain),
        };
        judge.ok_or_else(|| other_form(device))
    }

    /// Judges what a method of the device gave that did not fail. `arguments` are those after the device itself.
    ///
    /// # Errors
    ///
    /// `protocol` where it makes no sense.
    pub fn require(&self, device: &str, method: &str, arguments: &[Val], answer: &mut Val) -> Result<(), DeviceError> {
        let judged = match self {
            Self::Sensor(channels) => sensor::require(device, method, channels, answer)?,
            Self::Hid { fields } => hid::require(device, method, *fields, answer)?,
            Self::SerialPort => serial_port::require(device, method, arguments, answer)?,
            Self::BlockDevice => block_device::require(device, method, arguments, answer)?,
            Self::UsbEcho => usb_echo::require(device, method, arguments, answer)?,
            Self::Plain => Some(()),
        };
        judged.ok_or_else(|| other_form(device))
    }
}

/// A driver's types are looked at before it runs.
fn other_form(device: &str) -> DeviceError {
    DeviceError::protocol(device, "the driver answers in another form than its type says; its author has to mend that")
}

#[cfg(test)]
mod tests {
    use super::{Judge, descriptions};
    use crate::link::device_interfaces;
    use std::collections::HashMap;

    #[test]
    fn what_has_another_form_than_its_type_is_refused() {
        for interface in device_interfaces().iter().filter(|each| descriptions(each.kind).len() > 1) {
            let judged = Judge::of(interface.kind, "a", &mut HashMap::new()).err().map(|error| error.message);
            let expected = "the driver answers in another form than its type says; its author has to mend that";
            assert_eq!(judged.as_deref(), Some(expected), "{}", interface.path);
        }
    }
}
