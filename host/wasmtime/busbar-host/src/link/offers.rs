use super::driver::DeviceKind;
use super::grant::Offer;
use crate::board::DeviceEntry;

/// Everything that a driver can import. What is not here cannot be granted at all.
pub fn driver_offers() -> &'static [Offer<DeviceEntry>] {
    &DRIVER_OFFERS
}

static DRIVER_OFFERS: [Offer<DeviceEntry>; 19] = [
    i2c("wasi:i2c/i2c", "0.2.0-draft"),
    i2c("wasi:i2c/delay", "0.2.0-draft"),
    i2c("busbar:board/i2c", "0.1.0"),
    always("busbar:board/settings", "0.1.0"),
    always("busbar:board/time", "0.1.0"),
    always("busbar:board/log", "0.1.0"),
    always("busbar:device/errors", "0.1.0"),
    usb("component:usb/device"),
    usb("component:usb/transfers"),
    usb("component:usb/usb-hotplug"),
    usb("component:usb/errors"),
    usb("component:usb/configuration"),
    usb("component:usb/descriptors"),
    // The same by the later name of the proposal.
    usb("wasi:usb/device"),
    usb("wasi:usb/transfers"),
    usb("wasi:usb/hotplug"),
    usb("wasi:usb/errors"),
    usb("wasi:usb/configuration"),
    usb("wasi:usb/descriptors"),
];

const fn i2c(path: &'static str, version: &'static str) -> Offer<DeviceEntry> {
    let grant_line = r#""i2c": { "bus": 1, "address": "0x76" }"#;
    Offer { path, version, granted: |entry| entry.i2c.is_some(), grant_line }
}

const fn usb(path: &'static str) -> Offer<DeviceEntry> {
    let grant_line = r#""usb": { "vendorId": "0x2341", "interfaces": [0] }"#;
    Offer { path, version: "0.2.1", granted: |entry| entry.usb.is_some(), grant_line }
}

const fn always(path: &'static str, version: &'static str) -> Offer<DeviceEntry> {
    Offer { path, version, granted: |_| true, grant_line: "" }
}

/// A device interface that a driver can export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeviceInterface {
    pub kind: DeviceKind,
    /// "busbar:device/sensor".
    pub path: &'static str,
    pub version: &'static str,
}

/// The device interfaces that a driver can export.
pub fn device_interfaces() -> &'static [DeviceInterface] {
    &DEVICE_INTERFACES
}

static DEVICE_INTERFACES: [DeviceInterface; 7] = [
    device(DeviceKind::Sensor, "busbar:device/sensor"),
    device(DeviceKind::TextDisplay, "busbar:device/text-display"),
    device(DeviceKind::Hid, "busbar:device/hid"),
    device(DeviceKind::SerialPort, "busbar:device/serial-port"),
    device(DeviceKind::BlockDevice, "busbar:device/block-device"),
    device(DeviceKind::Camera, "busbar:device/camera"),
    device(DeviceKind::UsbEcho, "busbar:device/usb-echo"),
];

const fn device(kind: DeviceKind, path: &'static str) -> DeviceInterface {
    DeviceInterface { kind, path, version: "0.1.0" }
}
