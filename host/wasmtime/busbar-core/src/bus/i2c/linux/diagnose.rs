use super::remedies::{I2C_DEV, no_adapter, no_device_file};
use super::sysfs::{Adapter, adapters, device_path, has_i2c_dev};
use super::system::LinuxSystem;
use crate::bus::linux::ThisMachine;
use crate::bus::linux::no_permission;
use crate::finding::Finding;

/// Looks at everything that I2C on Linux needs, from the bottom up: the adapters, the kernel module, the permissions. No
/// bus traffic; changes nothing. (The host for Node needs native packages besides, and this one does not.)
pub fn diagnose_linux_i2c() -> Vec<Finding> {
    diagnose(&ThisMachine::new())
}

/// [`diagnose_linux_i2c`] of any machine.
pub(super) fn diagnose(system: &dyn LinuxSystem) -> Vec<Finding> {
    let known = adapters(system);
    let mut findings = vec![Finding::good("linux", "This is Linux."), diagnose_adapters(&known, system)];
    findings.extend(diagnose_devices(&known, system));
    findings
}

fn diagnose_adapters(known: &[Adapter], system: &dyn LinuxSystem) -> Finding {
    if known.is_empty() {
        return Finding::bad("i2c-adapter", no_adapter(system));
    }
    let describe = |Adapter { number, name }: &Adapter| match name.as_str() {
        "" => format!("i2c-{number}"),
        _ => format!("i2c-{number} ({name})"),
    };
    let list = known.iter().map(describe).collect::<Vec<_>>().join(", ");
    Finding::good("i2c-adapter", format!("The kernel knows {list}."))
}

/// Without i2c-dev no device file can be there, and saying so once is enough.
fn diagnose_devices(known: &[Adapter], system: &dyn LinuxSystem) -> Vec<Finding> {
    let Some(first) = known.first() else { return Vec::new() };
    if !has_i2c_dev(system) {
        return vec![Finding::bad("i2c-dev", no_device_file(first.number, system))];
    }
    let mut findings = vec![Finding::good("i2c-dev", "The kernel module i2c-dev is loaded.")];
    findings.extend(known.iter().map(|adapter| diagnose_device(adapter.number, system)));
    findings
}

fn diagnose_device(number: u32, system: &dyn LinuxSystem) -> Finding {
    let path = device_path(number);
    if system.status(&path).is_none() {
        return Finding::bad(&path, no_device_file(number, system));
    }
    if !system.usable(&path) {
        return Finding::bad(&path, no_permission(&path, system, I2C_DEV));
    }
    Finding::good(&path, format!("This user may use {path}."))
}
