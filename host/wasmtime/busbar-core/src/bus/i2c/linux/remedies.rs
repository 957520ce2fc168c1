use super::sysfs::{adapters, device_path, has_i2c_dev};
use super::system::LinuxSystem;
use crate::bus::BusName;
use crate::bus::linux::{Errno, forbidden, is_container, is_raspberry_pi, no_permission};
use crate::error::HostError;
use crate::finding::Remedy;

/// Loads i2c-dev now and at every start.
const LOAD_I2C_DEV: &str = "sudo modprobe i2c-dev && echo i2c-dev | sudo tee /etc/modules-load.d/i2c-dev.conf";

/// The group that I2C's device files belong to where a distribution has a rule, and their subsystem.
pub(super) const I2C_DEV: (&str, &str) = ("i2c", "i2c-dev");

/// There is no adapter at all.
pub(super) fn no_adapter(system: &dyn LinuxSystem) -> Remedy {
    if is_raspberry_pi(system) {
        return Remedy::new("I2C is switched off on this Raspberry Pi", "sudo raspi-config nonint do_i2c 0");
    }
    Remedy::new(
        "the kernel knows no I2C adapter",
        "plug in a USB adapter, or load the driver of the built-in one (on most PCs: sudo modprobe i2c-i801)",
    )
}

/// The kernel has the adapter, but there is no device file for it.
pub(super) fn no_device_file(number: u32, system: &dyn LinuxSystem) -> Remedy {
    let path = device_path(number);
    if !has_i2c_dev(system) {
        let what = format!("{path} is missing because the kernel module i2c-dev is not loaded");
        return Remedy::new(what, LOAD_I2C_DEV);
    }
    if is_container(system) {
        return Remedy::new(format!("this container was not given {path}"), format!("start it with --device {path}"));
    }
    Remedy::new(format!("{path} was not made"), "sudo udevadm trigger --subsystem-match=i2c-dev")
}

/// What opening `/dev/i2c-N` failed with, as the sentence that a person needs; `None` when there is no such bus after all.
pub(super) fn open_error(errno: Errno, path: &str, system: &dyn LinuxSystem) -> Option<HostError> {
    let error = match errno.0 {
        libc::ENOENT => return None,
        libc::EACCES => no_permission(path, system, I2C_DEV).into_error(),
        // Not the permission bits: a container's device rules, or a security module.
        libc::EPERM => forbidden(path, system).into_error(),
        // A device file that nobody serves, left by mknod or by an adapter that is gone.
        libc::ENXIO | libc::ENODEV => {
            Remedy::new(format!("there is no adapter behind {path}"), LOAD_I2C_DEV).into_error()
        }
        libc::EMFILE => Remedy::new(format!("too many files are open to open {path}"), "ulimit -n 4096").into_error(),
        _ => HostError::backend(format!("Opening {path} failed with {errno}; the kernel log may say why: dmesg")),
    };
    Some(error)
}

/// Why a bus that a board names is not there, for the case that no backend has it: one sentence with what to do.
pub(super) fn missing_bus(bus: &BusName, system: &dyn LinuxSystem) -> String {
    let known = adapters(system);
    let named = match bus {
        BusName::Number(number) => format!("bus {number}"),
        BusName::Text(name) => format!("bus \"{name}\""),
    };
    if known.is_empty() {
        let Remedy { what, fix } = no_adapter(system);
        return format!("There is no I2C {named}: {what}; mend it with: {fix}");
    }
    let describe = |number: u32, name: &str| match name {
        "" => number.to_string(),
        _ => format!("{number} ({name})"),
    };
    let list = known.iter().map(|adapter| describe(adapter.number, &adapter.name)).collect::<Vec<_>>().join(", ");
    format!("There is no I2C {named}; this machine has {list}.")
}
