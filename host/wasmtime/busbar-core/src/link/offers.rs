use super::bus_offers::{always, usb_offers};
use super::driver::DeviceKind;
use super::grant::Offer;
use crate::board::DeviceEntry;
use crate::bus::{gpio, i2c, spi, uart};
use std::sync::LazyLock;

/// Everything that a driver can import. What is not here cannot be granted at all.
pub fn driver_offers() -> &'static [Offer<DeviceEntry>] {
    static OFFERS: LazyLock<Vec<Offer<DeviceEntry>>> = LazyLock::new(|| {
        let own = [
            "busbar:board/settings",
            "busbar:board/time",
            "busbar:board/log",
            #[cfg(feature = "streams")]
            "busbar:board/timer",
            "busbar:device/errors",
        ];
        i2c::offers(|entry: &DeviceEntry| entry.i2c.is_some(), i2c::GRANT_LINE)
            .chain(usb_offers(
                |entry: &DeviceEntry| entry.usb.is_some(),
                r#""usb": { "vendorId": "0x2341", "interfaces": [0] }"#,
            ))
            .chain(spi::offers(|entry: &DeviceEntry| entry.spi.is_some(), spi::GRANT_LINE))
            .chain(gpio::driver_offers(|entry: &DeviceEntry| entry.gpio.is_some()))
            .chain(uart::offers(|entry: &DeviceEntry| entry.uart.is_some(), uart::GRANT_LINE))
            .chain(own.iter().map(|path| always(path, "0.1.0")))
            .collect()
    });
    &OFFERS
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

static DEVICE_INTERFACES: [DeviceInterface; 9] = [
    device(DeviceKind::Sensor, "busbar:device/sensor"),
    device(DeviceKind::TextDisplay, "busbar:device/text-display"),
    device(DeviceKind::Hid, "busbar:device/hid"),
    device(DeviceKind::SerialPort, "busbar:device/serial-port"),
    device(DeviceKind::BlockDevice, "busbar:device/block-device"),
    device(DeviceKind::Camera, "busbar:device/camera"),
    device(DeviceKind::UsbEcho, "busbar:device/usb-echo"),
    device(DeviceKind::Switch, "busbar:device/switch"),
    device(DeviceKind::Contact, "busbar:device/contact"),
];

const fn device(kind: DeviceKind, path: &'static str) -> DeviceInterface {
    DeviceInterface { kind, path, version: "0.1.0" }
}
