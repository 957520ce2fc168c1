use super::sys::DeviceRef;
use crate::bus::usb::{ConfigurationDescriptor, DeviceDescriptor, UsbSpeed, parse_descriptors};
use std::fs;

/// What Linux knows of a device without anybody opening it: /sys/bus/usb/devices.
pub(super) struct SysfsDevice {
    folder: String,
    /// "1-2.3", "usb1" for a root hub.
    name: String,
}

/// The way through the hubs: "1-2.3"; none for a root hub.
pub(super) fn port_of(device: &DeviceRef) -> Option<String> {
    let ports = device.port_numbers().iter().map(u8::to_string).collect::<Vec<_>>().join(".");
    (!ports.is_empty()).then(|| format!("{}-{ports}", device.bus_number()))
}

/// The device file that libusb opens.
pub(super) fn device_file(bus_number: u8, device_address: u8) -> String {
    format!("/dev/bus/usb/{bus_number:03}/{device_address:03}")
}

impl SysfsDevice {
    pub(super) fn new(bus_number: u8, port: Option<&str>) -> Self {
        let name = port.map_or_else(|| format!("usb{bus_number}"), str::to_owned);
        Self { folder: format!("/sys/bus/usb/devices/{name}"), name }
    }

    /// A text attribute: "serial", "product", "manufacturer".
    pub(super) fn text(&self, attribute: &str) -> Option<String> {
        let bytes = fs::read(format!("{}/{attribute}", self.folder)).ok()?;
        let text = String::from_utf8_lossy(&bytes);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// Documentation/ABI/testing/sysfs-bus-usb: `speed`, in Mbit/s.
    pub(super) fn speed(&self) -> UsbSpeed {
        match self.text("speed").as_deref() {
            Some("1.5") => UsbSpeed::Low,
            Some("12") => UsbSpeed::Full,
            Some("480") => UsbSpeed::High,
            Some("5000") => UsbSpeed::Super,
            Some("10000") => UsbSpeed::SuperPlus,
            Some("20000") => UsbSpeed::SuperPlusX2,
            _ => UsbSpeed::Unknown,
        }
    }

    /// bConfigurationValue of the chosen configuration, 0 where none is; none where the device is gone.
    pub(super) fn active_configuration(&self) -> Option<u8> {
        let text = fs::read_to_string(format!("{}/bConfigurationValue", self.folder)).ok()?;
        match text.trim() {
            // The kernel writes nothing of a device that is unconfigured.
            "" => Some(0),
            number => number.parse().ok(),
        }
    }

    /// The descriptors as the kernel has read them; from the device file where there is no sysfs.
    pub(super) fn descriptors(
        &self,
        device_file: &str,
    ) -> Option<(DeviceDescriptor, Vec<Option<ConfigurationDescriptor>>)> {
        let bytes = fs::read(format!("{}/descriptors", self.folder)).or_else(|_| fs::read(device_file)).ok()?;
        parse_descriptors(&bytes)
    }

    /// The kernel driver of an interface, "usbhid"; "usbfs" is another program that uses libusb.
    pub(super) fn driver(&self, configuration: u8, interface_number: u8) -> Option<String> {
        let link = fs::read_link(format!("{}/driver", self.interface(configuration, interface_number))).ok()?;
        link.file_name()?.to_str().map(str::to_owned)
    }

    /// The report descriptor that usbhid has read; none where it does not have the interface.
    pub(super) fn report_descriptor(&self, configuration: u8, interface_number: u8) -> Option<Vec<u8>> {
        let folder = self.interface(configuration, interface_number);
        let names = fs::read_dir(&folder).ok()?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let hid = names.into_iter().find(|name| is_hid(name))?;
        fs::read(format!("{folder}/{hid}/report_descriptor")).ok()
    }

    fn interface(&self, configuration: u8, interface_number: u8) -> String {
        format!("{}/{}:{configuration}.{interface_number}", self.folder, self.name)
    }
}

/// Named by bus type, ids and a number: "0003:046D:C31C.0002".
fn is_hid(name: &str) -> bool {
    let is_id = |part: &str| part.len() == 4 && part.bytes().all(|each| matches!(each, b'0'..=b'9' | b'A'..=b'F'));
    let Some((ids, _)) = name.split_once('.') else { return false };
    let parts: Vec<&str> = ids.split(':').collect();
    parts.len() == 3 && parts[0] == "0003" && parts.iter().all(|part| is_id(part))
}

#[cfg(test)]
mod tests {
    use super::{device_file, is_hid};

    #[test]
    fn files_are_named_as_the_kernel_names_them() {
        assert_eq!(device_file(1, 12), "/dev/bus/usb/001/012");
        let names = ["0003:046D:C31C.0002", "0005:046D:C31C.0002", "0003:046D:C31C", "ep_81", "0003:046d:C31C.0002"];
        assert_eq!(names.map(is_hid), [true, false, false, false, false]);
    }
}
