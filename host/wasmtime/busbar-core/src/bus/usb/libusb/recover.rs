use super::device::LibusbDevice;
use crate::bus::usb::UsbDevice;
use crate::locks::{DetachedDriver, DeviceLocks};
use std::sync::Arc;

/// A driver of the kernel that a killed process had taken away from an interface, and that has not come back.
pub(super) struct LostDriver {
    device: Arc<LibusbDevice>,
    /// "1-2.3".
    pub(super) port: String,
    pub(super) interface_number: u8,
    /// "usbhid".
    pub(super) driver: String,
    pub(super) configuration: u64,
}

/// Gives the kernel back what killed processes had taken away: usbfs gives up the claims of a dead process by itself, but
/// gives nothing back. What cannot be given back stays written down.
pub(super) fn recover_kernel_drivers(devices: &[Arc<LibusbDevice>]) {
    DeviceLocks::of_this_process().each_abandoned(|name, detached| match find_lost(name, detached, devices) {
        Some(LostDriver { device, interface_number, .. }) => {
            device.open_now().is_ok_and(|handle| handle.attach_kernel_driver(interface_number).is_ok())
        }
        None => true,
    });
}

/// What has not come back; changes nothing.
pub(super) fn lost_kernel_drivers(devices: &[Arc<LibusbDevice>]) -> Vec<LostDriver> {
    let mut lost = Vec::new();
    DeviceLocks::of_this_process().each_abandoned(|name, detached| match find_lost(name, detached, devices) {
        Some(found) => {
            lost.push(found);
            false
        }
        None => true,
    });
    lost
}

/// None where nothing is to be done: a device that was plugged in anew has its driver again.
fn find_lost(name: &str, detached: &DetachedDriver, devices: &[Arc<LibusbDevice>]) -> Option<LostDriver> {
    let (port, number) = name.strip_prefix("usb-")?.rsplit_once('-')?;
    let interface_number = number.parse().ok()?;
    let device = devices.iter().find(|device| device.place().port.as_deref() == Some(port))?;
    let place = device.place();
    let DetachedDriver { driver, configuration, .. } = detached;
    let is_same = detached.bus_number == u64::from(place.bus_number)
        && detached.device_address == u64::from(place.device_address)
        && device.active_configuration().is_ok_and(|active| *configuration == u64::from(active));
    (is_same && device.interface_user(interface_number).is_none()).then(|| LostDriver {
        device: device.clone(),
        port: port.to_owned(),
        interface_number,
        driver: driver.clone(),
        configuration: *configuration,
    })
}
