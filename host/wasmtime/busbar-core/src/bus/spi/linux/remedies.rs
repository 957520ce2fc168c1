use super::sysfs::{SpiPlace, driver_of, spi_devices};
use crate::bus::linux::{Errno, SystemFiles, forbidden, is_container, is_raspberry_pi, no_permission};
use crate::error::HostError;
use crate::finding::Remedy;

/// The group that SPI's device files belong to where a distribution has a rule, and their subsystem.
pub(super) const SPIDEV: (&str, &str) = ("spi", "spidev");

/// The kernel knows no device on SPI at all.
pub(super) fn no_spi_device(files: &dyn SystemFiles) -> Remedy {
    if is_raspberry_pi(files) {
        return Remedy::new("SPI is switched off on this Raspberry Pi", "sudo raspi-config nonint do_spi 0");
    }
    Remedy::new(
        "the kernel knows no device on SPI",
        "describe one in the device tree or by an overlay of this board, or plug in a USB adapter",
    )
}

/// The bus is there, but no device file for the chip select line.
pub(super) fn no_spidev(place: SpiPlace, files: &dyn SystemFiles) -> Remedy {
    let path = place.path();
    let known = spi_devices(files);
    if !known.contains(&place) {
        return unknown_device(place, &known, files);
    }
    let driver = driver_of(place, files);
    if driver.as_deref() == Some("spidev") {
        if is_container(files) {
            let fix = format!("start it with --device {path}");
            return Remedy::new(format!("this container was not given {path}"), fix);
        }
        return Remedy::new(format!("{path} was not made"), "sudo udevadm trigger --subsystem-match=spidev");
    }
    let (what, unbind) = match driver {
        None => (format!("no kernel driver has {place}, and so there is no {path}"), String::new()),
        Some(driver) => (
            format!("the kernel driver {driver} uses {place}"),
            format!("echo {place} | sudo tee /sys/bus/spi/drivers/{driver}/unbind && "),
        ),
    };
    let fix = format!(
        "{unbind}echo spidev | sudo tee /sys/bus/spi/devices/{place}/driver_override && \
         echo {place} | sudo tee /sys/bus/spi/drivers/spidev/bind"
    );
    Remedy::new(what, fix)
}

fn unknown_device(SpiPlace { bus, chip_select }: SpiPlace, known: &[SpiPlace], files: &dyn SystemFiles) -> Remedy {
    let others = known.iter().filter(|place| place.bus == bus).map(|place| place.chip_select.to_string());
    let others = others.collect::<Vec<_>>().join(", ");
    let there = if others.is_empty() { String::new() } else { format!(", only on {others}") };
    let overlay =
        if is_raspberry_pi(files) { " (/boot/firmware/config.txt: dtoverlay=spi0-2cs and the like)" } else { "" };
    Remedy::new(
        format!("the kernel knows no device on chip select {chip_select} of SPI bus {bus}{there}"),
        format!("correct the number, or describe the device in the device tree{overlay}"),
    )
}

/// What opening a device file failed with, as the sentence that a person needs.
pub(super) fn open_error(errno: Errno, place: SpiPlace, files: &dyn SystemFiles) -> HostError {
    let path = place.path();
    match errno.0 {
        libc::EACCES => no_permission(&path, files, SPIDEV).into_error(),
        // Not the permission bits: a container's device rules, or a security module.
        libc::EPERM => forbidden(&path, files).into_error(),
        // A device file that nobody serves, left by mknod or by an adapter that is gone.
        libc::ENXIO | libc::ENODEV => no_spidev(place, files).into_error(),
        _ => HostError::backend(format!("Opening {path} failed with {errno}; the kernel log may say why: dmesg")),
    }
}
