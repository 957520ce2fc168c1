//! A checked board: addresses as numbers, defaults filled in. The rules are those of `board.schema.json`, which is made
//! from host/core/src/board/schema.ts.

use crate::bus::BusName;
use crate::bus::gpio::GpioGrant;
use crate::bus::i2c::I2cGrant;
use crate::bus::spi::SpiGrant;
use crate::bus::uart::UartGrant;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde_json::Value;

/// The most bytes of one USB transfer that an entry can grant.
pub const LONGEST_USB_TRANSFER: u32 = 16 * 1024 * 1024;
/// The most USB transfers at a time that an entry can grant.
pub const MOST_USB_TRANSFERS: u32 = 1024;

/// A checked board file.
#[derive(Debug, Clone, PartialEq)]
pub struct Board {
    /// By name, in the order of the file.
    pub devices: Vec<(String, DeviceEntry)>,
    /// Devices whose drivers export a bus, likewise.
    pub bridges: Vec<(String, DeviceEntry)>,
    pub simulate: Vec<SimulateEntry>,
    /// By name, in the order of the file.
    pub apps: Vec<(String, AppEntry)>,
}

/// An entry that is wired to buses, and where the board file has it.
#[derive(Debug, Clone, Copy)]
pub struct PlacedEntry<'a> {
    /// The list that has it: "devices".
    pub list: &'static str,
    /// Its name there.
    pub name: &'a str,
    /// Whether it is a bridge, which passes on what others do.
    pub is_bridge: bool,
    /// The entry itself.
    pub entry: &'a DeviceEntry,
}

impl PlacedEntry<'_> {
    /// Where the board file has it: "devices.indoor".
    pub fn place(&self) -> String {
        format!("{}.{}", self.list, self.name)
    }
}

impl Board {
    /// All entries that are wired to buses, bridges first.
    pub fn entries(&self) -> impl Iterator<Item = PlacedEntry<'_>> {
        placed(&self.bridges, "bridges", true).chain(placed(&self.devices, "devices", false))
    }

    /// The entry of a device.
    pub fn device(&self, name: &str) -> Option<&DeviceEntry> {
        self.devices.iter().find(|(each, _)| each == name).map(|(_, entry)| entry)
    }

    /// The entry of a name, whichever list has it: that of a device or a bridge.
    pub fn entry(&self, name: &str) -> Option<PlacedEntry<'_>> {
        self.entries().find(|placed| placed.name == name)
    }

    /// The entry of an app.
    pub fn app(&self, name: &str) -> Option<&AppEntry> {
        self.apps.iter().find(|(each, _)| each == name).map(|(_, entry)| entry)
    }

    /// Whether an I2C bus is one that the board simulates.
    pub fn simulates_i2c(&self, bus: &BusName) -> bool {
        let is_it = |at: &SimulatedAt| matches!(at, SimulatedAt::I2c { bus: simulated, .. } if simulated == bus);
        self.simulate.iter().any(|entry| is_it(&entry.at))
    }

    /// Whether an SPI bus is one that the board simulates.
    pub fn simulates_spi(&self, bus: &BusName) -> bool {
        let is_it = |at: &SimulatedAt| matches!(at, SimulatedAt::Spi { bus: simulated, .. } if simulated == bus);
        self.simulate.iter().any(|entry| is_it(&entry.at))
    }

    /// Whether a GPIO chip is one that the board simulates.
    pub fn simulates_gpio(&self, chip: &BusName) -> bool {
        let is_it = |at: &SimulatedAt| matches!(at, SimulatedAt::Gpio { chip: simulated, .. } if simulated == chip);
        self.simulate.iter().any(|entry| is_it(&entry.at))
    }

    /// Whether a serial port is one that the board simulates.
    pub fn simulates_uart(&self, port: &str) -> bool {
        let is_it = |at: &SimulatedAt| matches!(at, SimulatedAt::Uart { port: simulated } if simulated == port);
        self.simulate.iter().any(|entry| is_it(&entry.at))
    }

    /// Whether a driver or an app drives a USB device; that of a bridge, too.
    pub fn uses_usb(&self) -> bool {
        self.entries().any(|placed| placed.entry.usb.is_some())
    }
}

fn placed<'a>(
    entries: &'a [(String, DeviceEntry)],
    list: &'static str,
    is_bridge: bool,
) -> impl Iterator<Item = PlacedEntry<'a>> {
    entries.iter().map(move |(name, entry)| PlacedEntry { list, name, is_bridge, entry })
}

/// One entry of a board's `devices` or `bridges`.
#[derive(Debug, Clone, PartialEq)]
pub struct DeviceEntry {
    /// A package name, a file, or a component in a registry; none for a device of an app that brings its own driver.
    pub driver: Option<String>,
    pub i2c: Option<I2cGrant>,
    pub usb: Option<UsbGrant>,
    pub spi: Option<SpiGrant>,
    pub gpio: Option<GpioGrant>,
    pub uart: Option<UartGrant>,
    /// The keys of buses that board files have and no host in Rust: [`super::HostBuses`] refuses them by name.
    pub other_buses: Vec<String>,
    /// In the order of the file.
    pub settings: Vec<(String, String)>,
    pub limits: Limits,
    /// False for complain mode.
    pub enforce: bool,
}

impl DeviceEntry {
    /// The keys of the buses that it is wired to.
    pub fn wired_by(&self) -> impl Iterator<Item = &str> {
        let known = [
            ("i2c", self.i2c.is_some()),
            ("usb", self.usb.is_some()),
            ("spi", self.spi.is_some()),
            ("gpio", self.gpio.is_some()),
            ("uart", self.uart.is_some()),
        ];
        let wired = known.into_iter().filter(|(_, is_wired)| *is_wired).map(|(key, _)| key);
        wired.chain(self.other_buses.iter().map(String::as_str))
    }
}

/// Which USB device, which of its interfaces, and what may be done with them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UsbGrant {
    pub vendor_id: Option<u16>,
    pub product_id: Option<u16>,
    /// The class of the device or of one of its interfaces.
    pub class: Option<u8>,
    pub serial_number: Option<String>,
    /// "1-2.3".
    pub port: Option<String>,
    /// Where there are none, those of the class.
    pub interfaces: Option<Vec<u8>>,
    pub allow: Vec<UsbAllowance>,
    /// The most bytes of one transfer.
    pub maximum_length: u32,
    /// The most transfers that exist at a time.
    pub maximum_transfers: u32,
}

/// What else a driver may do with a USB device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsbAllowance {
    SetConfiguration,
    Reset,
    DeviceRequests,
    SecurityKeys,
}

impl UsbAllowance {
    const ALL: [Self; 4] = [Self::SetConfiguration, Self::Reset, Self::DeviceRequests, Self::SecurityKeys];

    /// As the board file spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::SetConfiguration => "set-configuration",
            Self::Reset => "reset",
            Self::DeviceRequests => "device-requests",
            Self::SecurityKeys => "security-keys",
        }
    }

    /// That of a name; none where no allowance has it.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|each| each.name() == name)
    }
}

/// The limits of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest time of one call into the driver, in milliseconds.
    pub call_ms: u32,
    /// The most bus transactions in one second.
    pub transactions_per_second: Option<u32>,
    /// The most memory of the instance, in MiB.
    pub memory_mib: u32,
}

/// One entry of a board's `apps`.
#[derive(Debug, Clone, PartialEq)]
pub struct AppEntry {
    pub component: String,
    /// The devices that it may open, by their names in `devices`.
    pub uses: Vec<String>,
    pub arguments: Vec<String>,
    pub folder: Option<FolderGrant>,
    /// The most memory of the app, in MiB.
    pub memory_mib: u32,
}

/// The folder of an app's entry, and what may be done in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderGrant {
    /// Relative to the board file.
    pub path: String,
    /// Whether the app may make files and folders in it.
    pub write: bool,
    /// Whether it may change, rename and take away what is there.
    pub overwrite: bool,
    /// The most that it may write while the board is open, in MiB.
    pub maximum_mib: Option<u32>,
}

/// One entry of a board's `simulate`.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulateEntry {
    pub at: SimulatedAt,
    /// The device model: "registers".
    pub model: String,
    /// The model's own parameters, which the model checks.
    pub parameters: serde_json::Map<String, Value>,
}

/// Where a simulated device sits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SimulatedAt {
    I2c {
        bus: BusName,
        address: u16,
    },
    Spi {
        bus: BusName,
        chip_select: u8,
    },
    Gpio {
        chip: BusName,
        /// The offsets of the lines that the model has, by the names that it has for them.
        lines: Vec<(String, u16)>,
    },
    /// Below `/dev`, or a name of its own.
    Uart {
        port: String,
    },
    /// "1-1".
    Usb {
        port: String,
    },
    /// On a bus that board files have and no host in Rust, by its key.
    OtherBus(String),
}
