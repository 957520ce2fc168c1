use super::grant::Offer;
use crate::board::{AppEntry, Board, DeviceEntry};

/// What of a board an app's imports are granted by: its entry, and the devices that it uses and that have no driver, which it
/// drives itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppGrants {
    uses_devices: bool,
    drives_i2c: bool,
    drives_usb: bool,
}

impl AppGrants {
    /// Of an entry of the board's `apps`.
    pub fn of(entry: &AppEntry, board: &Board) -> Self {
        let drives = |has: fn(&DeviceEntry) -> bool| driven_devices(entry, board).any(|(_, device)| has(device));
        Self {
            uses_devices: !entry.uses.is_empty(),
            drives_i2c: drives(|device| device.i2c.is_some()),
            drives_usb: drives(|device| device.usb.is_some()),
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
    &APP_OFFERS
}

static APP_OFFERS: [Offer<AppGrants>; 45] = [
    device("busbar:device/sensor"),
    device("busbar:device/text-display"),
    device("busbar:device/block-device"),
    device("busbar:device/serial-port"),
    device("busbar:device/hid"),
    device("busbar:device/camera"),
    always("busbar:device/errors", "0.1.0"),
    // For an app that was composed with its drivers, or drives devices itself.
    i2c("wasi:i2c/i2c", "0.2.0-draft"),
    i2c("wasi:i2c/delay", "0.2.0-draft"),
    i2c("busbar:board/i2c", "0.1.0"),
    usb("component:usb/device"),
    usb("component:usb/transfers"),
    usb("component:usb/usb-hotplug"),
    usb("component:usb/errors"),
    usb("component:usb/configuration"),
    usb("component:usb/descriptors"),
    usb("wasi:usb/device"),
    usb("wasi:usb/transfers"),
    usb("wasi:usb/hotplug"),
    usb("wasi:usb/errors"),
    usb("wasi:usb/configuration"),
    usb("wasi:usb/descriptors"),
    always("busbar:board/settings", "0.1.0"),
    always("busbar:board/time", "0.1.0"),
    always("busbar:board/log", "0.1.0"),
    wasi("wasi:cli/stdin"),
    wasi("wasi:cli/stdout"),
    wasi("wasi:cli/stderr"),
    wasi("wasi:cli/environment"),
    wasi("wasi:cli/exit"),
    wasi("wasi:cli/terminal-input"),
    wasi("wasi:cli/terminal-output"),
    wasi("wasi:cli/terminal-stdin"),
    wasi("wasi:cli/terminal-stdout"),
    wasi("wasi:cli/terminal-stderr"),
    // Without "folder" in the app's entry there are no folders in it: a program that only might use one still runs.
    wasi("wasi:filesystem/preopens"),
    wasi("wasi:filesystem/types"),
    wasi("wasi:io/error"),
    wasi("wasi:io/poll"),
    wasi("wasi:io/streams"),
    wasi("wasi:clocks/monotonic-clock"),
    wasi("wasi:clocks/wall-clock"),
    wasi("wasi:random/random"),
    wasi("wasi:random/insecure"),
    wasi("wasi:random/insecure-seed"),
];

/// Devices are granted by name: an app that may use none does not get their interfaces either.
const fn device(path: &'static str) -> Offer<AppGrants> {
    Offer { path, version: "0.1.0", granted: |grants| grants.uses_devices, grant_line: r#""uses": ["indoor"]"# }
}

const fn i2c(path: &'static str, version: &'static str) -> Offer<AppGrants> {
    let grant_line = r#""uses" with a device that has "i2c" and no "driver""#;
    Offer { path, version, granted: |grants| grants.drives_i2c, grant_line }
}

const fn usb(path: &'static str) -> Offer<AppGrants> {
    let grant_line = r#""uses" with a device that has "usb" and no "driver""#;
    Offer { path, version: "0.2.1", granted: |grants| grants.drives_usb, grant_line }
}

const fn always(path: &'static str, version: &'static str) -> Offer<AppGrants> {
    Offer { path, version, granted: |_| true, grant_line: "" }
}

/// Every WASI 0.2 release has these interfaces unchanged; the version is the newest one known.
const fn wasi(path: &'static str) -> Offer<AppGrants> {
    always(path, "0.2.12")
}
