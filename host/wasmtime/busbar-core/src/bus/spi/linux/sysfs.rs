use crate::bus::linux::{SystemFiles, ThisMachine, driver_behind};
use std::fmt;

/// Where a device is: B and C of `/dev/spidevB.C`. Shown as the kernel calls the device: "spi0.1".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SpiPlace {
    pub bus: u32,
    pub chip_select: u8,
}

impl SpiPlace {
    /// The device file.
    pub fn path(&self) -> String {
        format!("/dev/spidev{}.{}", self.bus, self.chip_select)
    }

    /// Of "spi0.1".
    fn named(name: &str) -> Option<Self> {
        let (bus, chip_select) = name.strip_prefix("spi")?.split_once('.')?;
        let is_number = |digits: &str, most: usize| {
            (1..=most).contains(&digits.len()) && digits.bytes().all(|each| each.is_ascii_digit())
        };
        if !is_number(bus, 6) || !is_number(chip_select, 3) {
            return None;
        }
        Some(Self { bus: bus.parse().ok()?, chip_select: chip_select.parse().ok()? })
    }
}

impl fmt::Display for SpiPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "spi{}.{}", self.bus, self.chip_select)
    }
}

/// The devices that the kernel knows, in the order of their places, whichever driver they have.
pub(super) fn spi_devices(files: &dyn SystemFiles) -> Vec<SpiPlace> {
    let names = files.list("/sys/bus/spi/devices").unwrap_or_default();
    let mut places: Vec<_> = names.iter().filter_map(|name| SpiPlace::named(name)).collect();
    places.sort();
    places
}

/// Whether the kernel of this machine has a controller of this number.
pub fn has_spi_controller(bus: u32) -> bool {
    has_controller(bus, &ThisMachine::new())
}

/// [`has_spi_controller`] of any machine.
pub(super) fn has_controller(bus: u32, files: &dyn SystemFiles) -> bool {
    let name = format!("spi{bus}");
    files.list("/sys/class/spi_master").unwrap_or_default().contains(&name)
}

/// The kernel driver that a device has: "spidev", "bmp280"; none where it has none.
pub(super) fn driver_of(place: SpiPlace, files: &dyn SystemFiles) -> Option<String> {
    driver_behind(&format!("/sys/bus/spi/devices/{place}/driver"), files)
}
