use super::device::LibusbDevice;
use super::recover::lost_kernel_drivers;
use super::remedies::{USB_FILES, kernel_driver_gone, no_device_files, no_libusb, no_permission, no_udev};
use super::sys::Context;
use super::sysfs::device_file;
use crate::board::UsbGrant;
use crate::bus::usb::{UsbDevice, describe_usb_device, facts_of_device};
use crate::device_file::may_open;
use crate::finding::{Finding, Remedy};
use crate::grants::{granted_interfaces, matches_usb};
use crate::locks::LockUse;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// bDeviceClass of hubs, which no driver here uses.
const HUB: u8 = 9;
/// Where udevd listens.
const UDEV: &str = "/run/udev/control";

/// The USB of this machine, as `busbar doctor` looks at it: no bus traffic, and nothing is changed.
pub struct UsbDiagnosis {
    /// Those that are plugged in, or why nobody knows.
    devices: Result<Vec<Arc<LibusbDevice>>, Finding>,
}

impl UsbDiagnosis {
    /// Lists what is plugged in.
    pub fn of_this_machine() -> Self {
        Self { devices: list() }
    }

    /// Everything that USB needs: the device files, udevd, the permissions of each device. Ids: "usb", "/dev/bus/usb",
    /// "udevd", "1-2.3:1.0" for an interface without its driver, "/dev/bus/usb/001/002".
    pub fn everything(&self) -> Vec<Finding> {
        let devices = self.devices.iter().flatten().filter(|device| !is_hub(device));
        let each = devices.map(|device| diagnose_device(&**device, may_open));
        self.system().into_iter().chain(each).collect()
    }

    /// The part that is about no device in particular.
    pub fn system(&self) -> Vec<Finding> {
        let devices = match &self.devices {
            Ok(devices) => devices,
            Err(problem) => return vec![problem.clone()],
        };
        let count = devices.iter().filter(|device| !is_hub(device)).count();
        let known = Finding::good(USB_FILES, format!("The kernel knows {count} USB devices besides hubs."));
        let udev = match Path::new(UDEV).exists() {
            true => Finding::good("udevd", "udevd runs, so USB devices may come and go."),
            false => Finding::bad("udevd", no_udev()),
        };
        let lost = lost_kernel_drivers(devices);
        let lost = lost.iter().map(|each| {
            let id = format!("{}:{}.{}", each.port, each.configuration, each.interface_number);
            Finding::bad(&id, kernel_driver_gone(each))
        });
        [known, udev].into_iter().chain(lost).collect()
    }

    /// What an entry of a board, of which a finding has this id, needs of its device: that it is plugged in, may be opened,
    /// and that no other program has its interfaces. A driver of the kernel that has them is taken away when ours starts.
    pub fn grant(&self, grant: &UsbGrant, id: &str) -> Finding {
        let matching = self.devices.iter().flatten().find_map(|device| {
            let interfaces = interfaces_of(grant, &**device);
            (!interfaces.is_empty()).then_some((device, interfaces))
        });
        match matching {
            Some((device, interfaces)) => diagnose_match(&**device, &interfaces, id, may_open),
            None => Finding::bad(
                id,
                Remedy::new(
                    "No USB device that is plugged in matches",
                    "plug it in, or correct the entry; \"busbar devices\" lists what is here",
                ),
            ),
        }
    }
}

fn list() -> Result<Vec<Arc<LibusbDevice>>, Finding> {
    if !Path::new(USB_FILES).exists() {
        return Err(Finding::bad(USB_FILES, no_device_files()));
    }
    let listed = Context::new().and_then(|(context, _events)| context.devices());
    let listed = listed.map_err(|error| Finding::hopeless("usb", format!("{}.", no_libusb(error).message)))?;
    let usage = LockUse { device: None, board: None };
    Ok(listed.into_iter().filter_map(|native| LibusbDevice::new(native, usage.clone())).collect())
}

fn is_hub(device: &LibusbDevice) -> bool {
    device.descriptor().device_class == HUB
}

/// What an entry grants of a device; nothing of one that leaves while it is looked at.
fn interfaces_of(grant: &UsbGrant, device: &dyn UsbDevice) -> Vec<u8> {
    match facts_of_device(device, &[]) {
        Ok(facts) if matches_usb(grant, &facts) => granted_interfaces(grant, &facts),
        _ => Vec::new(),
    }
}

fn file_of(device: &dyn UsbDevice) -> String {
    device_file(device.place().bus_number, device.place().device_address)
}

fn diagnose_match(device: &dyn UsbDevice, interfaces: &[u8], id: &str, usable: impl Fn(&str) -> bool) -> Finding {
    let (name, file) = (describe_usb_device(device), file_of(device));
    if !usable(&file) {
        return Finding::bad(id, no_permission(device, &file));
    }
    let users: Vec<_> =
        interfaces.iter().filter_map(|number| Some((number, device.interface_user(*number)?))).collect();
    if let Some((number, _)) = users.iter().find(|(_, user)| user == "usbfs") {
        let what = format!("interface {number} of {name} is in use by another program");
        return Finding::bad(id, Remedy::new(what, format!("sudo fuser -v {file}  # says which; end it")));
    }
    let taken: Vec<_> = users.iter().map(|(number, user)| format!("interface {number} from {user}")).collect();
    let note = match taken.as_slice() {
        [] => String::new(),
        taken => format!("; its driver takes {} while it runs", taken.join(", ")),
    };
    Finding::good(id, format!("The USB device is {name}, and this user may use it{note}."))
}

fn diagnose_device(device: &dyn UsbDevice, usable: impl Fn(&str) -> bool) -> Finding {
    let file = file_of(device);
    if !usable(&file) {
        return Finding::bad(&file, no_permission(device, &file));
    }
    let configuration = device.configurations().iter().flatten().next();
    let numbers: BTreeSet<u8> =
        configuration.iter().flat_map(|each| &each.interfaces).map(|each| each.interface_number).collect();
    let users: Vec<_> = numbers
        .into_iter()
        .filter_map(|number| {
            let user = device.interface_user(number)?;
            let user = if user == "usbfs" { "another program" } else { &user };
            Some(format!("interface {number} by {user}"))
        })
        .collect();
    let used = if users.is_empty() { String::new() } else { format!("; in use: {}", users.join(", ")) };
    Finding::good(&file, format!("This user may use {file}, which is {}{used}.", describe_usb_device(device)))
}

#[cfg(test)]
mod tests {
    use super::{diagnose_device, diagnose_match, interfaces_of};
    use crate::bus::usb::tests::echo_device::EchoDevice;
    use crate::bus::usb::tests::support::grant;
    use crate::finding::Finding;

    fn described(Finding { what, verdict, .. }: Finding) -> (String, Option<String>) {
        (what, verdict.err().flatten())
    }

    #[test]
    fn a_device_that_an_entry_means_may_be_used_or_says_why_not() {
        let device = EchoDevice::new(1, "1-2");
        assert_eq!(interfaces_of(&grant(), &*device), [0]);
        let name = "0x1209:0x0001 on port 1-2";
        let judged = |usable: bool| described(diagnose_match(&*device, &[0], "devices.echo.usb", |_| usable));
        assert_eq!(judged(true), (format!("The USB device is {name}, and this user may use it."), None));
        let (what, fix) = judged(false);
        assert!(
            what.starts_with("This user may not open /dev/bus/usb/") && what.ends_with(&format!("{name}.")),
            "{what}"
        );
        assert!(fix.is_some());
    }

    #[test]
    fn who_has_an_interface_is_told() {
        let device = EchoDevice::new(1, "1-2").with_kernel_driver(0);
        let (what, _) = described(diagnose_match(&*device, &[0], "devices.echo.usb", |_| true));
        assert!(what.ends_with("; its driver takes interface 0 from usbhid while it runs."), "{what}");
        let (what, _) = described(diagnose_device(&*device, |_| true));
        assert!(what.ends_with("on port 1-2; in use: interface 0 by usbhid."), "{what}");
    }
}
