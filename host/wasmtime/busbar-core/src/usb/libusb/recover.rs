use super::device::LibusbDevice;
use crate::locks::{DetachedDriver, DeviceLocks};
use crate::usb::UsbDevice;
use std::sync::Arc;

/// Gives the kernel back what killed processes had taken away: usbfs gives up the claims of a dead process by itself, but
/// gives nothing back. What cannot be given back stays written down.
pub(super) fn recover_kernel_drivers(devices: &[Arc<LibusbDevice>]) {
    DeviceLocks::of_this_process().each_abandoned(|name, detached| match find_lost(name, detached, devices) {
        Some((device, interface_number)) => {
            device.open_now().is_ok_and(|handle| handle.attach_kernel_driver(interface_number).is_ok())
        }
        None => true,
    });
}

/// None where nothing is to be done: a device that was plugged in anew has its driver again.
fn find_lost<'a>(
    name: &str,
    detached: &DetachedDriver,
    devices: &'a [Arc<LibusbDevice>],
) -> Option<(&'a Arc<LibusbDevice>, u8)> {
    let (port, number) = name.strip_prefix("usb-")?.rsplit_once('-')?;
    let interface_number = number.parse().ok()?;
    let device = devices.iter().find(|device| device.place().port.as_deref() == Some(port))?;
    let place = device.place();
    let is_same = detached.bus_number == u64::from(place.bus_number)
        && detached.device_address == u64::from(place.device_address)
        && device.active_configuration().is_ok_and(|active| detached.configuration == u64::from(active));
    (is_same && device.interface_user(interface_number).is_none()).then_some((device, interface_number))
}
