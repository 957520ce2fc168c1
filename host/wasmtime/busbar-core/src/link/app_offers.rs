use super::bus_offers::{always, usb_offers};
use super::grant::Offer;
use crate::board::{AppEntry, Board, DeviceEntry};
use crate::bus::{gpio, i2c, spi, uart};
use std::sync::LazyLock;

/// What of a board an app's imports are granted by: its entry, and the devices that it uses and that have no driver, which it
/// drives itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppGrants {
    uses_devices: bool,
    drives_i2c: bool,
    drives_usb: bool,
    drives_spi: bool,
    drives_gpio: bool,
    drives_uart: bool,
}

impl AppGrants {
    /// Of an entry of the board's `apps`.
    pub fn of(entry: &AppEntry, board: &Board) -> Self {
        let drives = |has: fn(&DeviceEntry) -> bool| driven_devices(entry, board).any(|(_, device)| has(device));
        Self {
            uses_devices: !entry.uses.is_empty(),
            drives_i2c: drives(|device| device.i2c.is_some()),
            drives_usb: drives(|device| device.usb.is_some()),
            drives_spi: drives(|device| device.spi.is_some()),
            drives_gpio: drives(|device| device.gpio.is_some()),
            drives_uart: drives(|device| device.uart.is_some()),
        }
    }
}

/// The devices that an app drives itself, in the order of the board file.
pub fn driven_devices<'a>(entry: &'a AppEntry, board: &'a Board) -> impl Iterator<Item = (&'a str, &'a DeviceEntry)> {
    let devices = board.devices.iter().filter(|(name, device)| device.driver.is_none() && entry.uses.contains(name));
    devices.map(|(name, device)| (name.as_str(), device))
}

/// Everything that an app can import. What is not here cannot be granted at all.
pub fn app_offers() -> &'static [Offer<AppGrants>] {
    static OFFERS: LazyLock<Vec<Offer<AppGrants>>> = LazyLock::new(|| {
        // The buses are for an app that was composed with its drivers, or drives devices itself.
        let drives_i2c = r#""uses" with a device that has "i2c" and no "driver""#;
        let drives_usb = r#""uses" with a device that has "usb" and no "driver""#;
        let drives_spi = r#""uses" with a device that has "spi" and no "driver""#;
        let drives_gpio = r#""uses" with a device that has "gpio" and no "driver""#;
        let drives_uart = r#""uses" with a device that has "uart" and no "driver""#;
        let devices = DEVICES.map(|path| Offer {
            path,
            version: "0.1.0",
            granted: |grants: &AppGrants| grants.uses_devices,
            grant_line: r#""uses": ["indoor"]"#,
        });
        (devices.into_iter())
            .chain(i2c::offers(|grants: &AppGrants| grants.drives_i2c, drives_i2c))
            .chain(usb_offers(|grants: &AppGrants| grants.drives_usb, drives_usb))
            .chain(spi::offers(|grants: &AppGrants| grants.drives_spi, drives_spi))
            .chain(gpio::app_offers(|grants: &AppGrants| grants.drives_gpio, drives_gpio))
            .chain(uart::offers(|grants: &AppGrants| grants.drives_uart, drives_uart))
            .chain(OWN.map(|path| always(path, "0.1.0")))
            .chain(WASI.map(|path| always(path, "0.2.12")))
            .collect()
    });
    &OFFERS
}

/// Devices are granted by name: an app that may use none does not get their interfaces either.
const DEVICES: [&str; 8] = [
    "busbar:device/sensor",
    "busbar:device/text-display",
    "busbar:device/block-device",
    "busbar:device/serial-port",
    "busbar:device/hid",
    "busbar:device/camera",
    "busbar:device/switch",
    "busbar:device/contact",
];

const OWN: [&str; 4] = ["busbar:device/errors", "busbar:board/settings", "busbar:board/time", "busbar:board/log"];

/// Every WASI 0.2 release has these interfaces unchanged; the version is the newest one known.
const WASI: [&str; 20] = [
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/stderr",
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:cli/terminal-stderr",
    // Without "folder" in the app's entry there are no folders in it: a program that only might use one still runs.
    "wasi:filesystem/preopens",
    "wasi:filesystem/types",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:random/random",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
];
