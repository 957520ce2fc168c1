use super::errno::Errno;
use super::sysfs::{adapters, device_path, has_i2c_dev, is_container, is_raspberry_pi};
use super::system::LinuxSystem;
use crate::bus::BusName;
use crate::error::HostError;
use crate::finding::Remedy;

/// Bits of a file's mode: its group may read and write.
const GROUP_READ_WRITE: u32 = 0o060;

/// Loads i2c-dev now and at every start.
const LOAD_I2C_DEV: &str = "sudo modprobe i2c-dev && echo i2c-dev | sudo tee /etc/modules-load.d/i2c-dev.conf";

/// Gives every I2C device file to a group i2c, and the person to that group.
const INSTALL_UDEV_RULE: &str = "sudo groupadd -f -r i2c && sudo usermod -aG i2c $USER \
     && echo 'SUBSYSTEM==\"i2c-dev\", GROUP=\"i2c\", MODE=\"0660\"' | sudo tee /etc/udev/rules.d/60-i2c.rules \
     && sudo udevadm control --reload && sudo udevadm trigger --subsystem-match=i2c-dev  # then log in again";

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

/// The device file is there, but this user may not open it.
pub(super) fn no_permission(path: &str, system: &dyn LinuxSystem) -> Remedy {
    let what = format!("this user may not open {path}");
    // A group other than root that may read and write: the distribution has a rule already, only membership lacks.
    let group = system
        .status(path)
        .filter(|status| status.mode & GROUP_READ_WRITE == GROUP_READ_WRITE && status.group != 0)
        .and_then(|status| group_name(status.group, system));
    match group {
        Some(group) => Remedy::new(what, format!("sudo usermod -aG {group} $USER  # then log in again")),
        None => Remedy::new(what, INSTALL_UDEV_RULE),
    }
}

fn forbidden(path: &str, system: &dyn LinuxSystem) -> Remedy {
    let what = format!("the system forbids this process to open {path}");
    if is_container(system) {
        return Remedy::new(what, format!("start the container with --device {path}"));
    }
    Remedy::new(what, "find the security module that does, with: sudo dmesg | grep -i denied")
}

/// The name of a group in /etc/group.
fn group_name(group: u32, system: &dyn LinuxSystem) -> Option<String> {
    let number = group.to_string();
    let groups = system.read("/etc/group")?;
    let line = groups.lines().find(|line| line.split(':').nth(2) == Some(&number))?;
    line.split(':').next().map(str::to_owned)
}

/// What opening `/dev/i2c-N` failed with, as the sentence that a person needs; `None` when there is no such bus after all.
pub(super) fn open_error(errno: Errno, path: &str, system: &dyn LinuxSystem) -> Option<HostError> {
    let error = match errno.0 {
        libc::ENOENT => return None,
        libc::EACCES => no_permission(path, system).into_error(),
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
