use super::remedies::{SPIDEV, no_spi_device, no_spidev};
use super::sysfs::{SpiPlace, has_controller, spi_devices};
use crate::bus::BusName;
use crate::bus::linux::{SystemFiles, ThisMachine, no_permission};
use crate::finding::Finding;

/// Looks at everything that SPI on Linux needs: the devices, and the permissions of their files. No bus traffic; changes nothing. Nothing
/// where there is no SPI at all, which most machines are well without.
pub fn diagnose_linux_spi() -> Vec<Finding> {
    diagnose(&ThisMachine::new())
}

/// Whether the device is there to which an entry of a board is wired. It is not opened: that would set its mode. `id` is the finding's.
pub fn diagnose_spi_device(bus: &BusName, chip_select: u8, id: &str) -> Finding {
    diagnose_wired(bus, chip_select, id, &ThisMachine::new())
}

/// [`diagnose_linux_spi`] of any machine.
pub(super) fn diagnose(files: &dyn SystemFiles) -> Vec<Finding> {
    let devices = spi_devices(files);
    if devices.is_empty() {
        return Vec::new();
    }
    let mut findings = vec![Finding::good("spi", format!("The kernel knows {}.", names_of(&devices)))];
    findings.extend(devices.into_iter().map(|place| diagnose_device(place, &place.path(), files)));
    findings
}

/// [`diagnose_spi_device`] of any machine.
pub(super) fn diagnose_wired(bus: &BusName, chip_select: u8, id: &str, files: &dyn SystemFiles) -> Finding {
    let devices = spi_devices(files);
    if devices.is_empty() {
        return Finding::bad(id, no_spi_device(files));
    }
    match bus {
        BusName::Number(bus) if has_controller(*bus, files) => {
            diagnose_device(SpiPlace { bus: *bus, chip_select }, id, files)
        }
        _ => {
            let what = format!("There is no SPI bus {}; this machine has {}.", bus.shown(), names_of(&devices));
            Finding::hopeless(id, what)
        }
    }
}

fn names_of(devices: &[SpiPlace]) -> String {
    devices.iter().map(SpiPlace::to_string).collect::<Vec<_>>().join(", ")
}

fn diagnose_device(place: SpiPlace, id: &str, files: &dyn SystemFiles) -> Finding {
    let path = place.path();
    if files.status(&path).is_none() {
        return Finding::bad(id, no_spidev(place, files));
    }
    if !files.usable(&path) {
        return Finding::bad(id, no_permission(&path, files, SPIDEV));
    }
    Finding::good(id, format!("This user may use {path}."))
}
