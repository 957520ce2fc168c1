use super::errors::call_error;
use super::sys::ErrorNumber;
use crate::error::HostError;
use crate::usb::{UsbDevice, UsbError, UsbFailure, describe_usb_device};
use libusb1_sys::constants as c;
use std::path::Path;

const USB_FILES: &str = "/dev/bus/usb";

/// What opening a device failed with, as the sentence that a person needs where there is one.
pub(super) fn open_failure(error: ErrorNumber, device: &dyn UsbDevice, file: &str) -> UsbFailure {
    if !Path::new(USB_FILES).exists() {
        return no_device_files().into();
    }
    match error {
        ErrorNumber(c::LIBUSB_ERROR_NO_DEVICE) => UsbError::no_device("the device is gone").into(),
        ErrorNumber(c::LIBUSB_ERROR_ACCESS) => no_permission(device, file).into(),
        other => call_error(other, &format!("opening {}", describe_usb_device(device))).into(),
    }
}

/// libusb itself does not start.
pub(super) fn no_libusb(error: ErrorNumber) -> HostError {
    if !Path::new(USB_FILES).exists() {
        return no_device_files();
    }
    let why = call_error(error, "starting libusb").message;
    HostError::backend(format!("{why}; the kernel log may say more: dmesg"))
}

/// There are no device files for USB at all.
fn no_device_files() -> HostError {
    if is_container() {
        return remedied("This container was given no USB", "start it with --device /dev/bus/usb");
    }
    remedied("There is no /dev/bus/usb", "sudo modprobe usbcore, or plug in a USB host adapter")
}

/// The device file is there, but this user may not open it.
fn no_permission(device: &dyn UsbDevice, file: &str) -> HostError {
    let what = format!("This user may not open {file}, which is {}", describe_usb_device(device));
    if is_container() {
        return remedied(&what, "start the container with --device /dev/bus/usb, as a user who may open it");
    }
    let (vendor, product) = (device.descriptor().vendor_id, device.descriptor().product_id);
    let rule = format!(
        "SUBSYSTEM==\"usb\", ATTR{{idVendor}}==\"{vendor:04x}\", ATTR{{idProduct}}==\"{product:04x}\", \
         GROUP=\"plugdev\", MODE=\"0660\", TAG+=\"uaccess\""
    );
    let fix = format!(
        "sudo groupadd -f -r plugdev && sudo usermod -aG plugdev $USER && echo '{rule}' | \
         sudo tee /etc/udev/rules.d/60-busbar-{vendor:04x}-{product:04x}.rules && sudo udevadm control --reload && \
         sudo udevadm trigger --subsystem-match=usb  # then log in again"
    );
    remedied(&what, &fix)
}

fn remedied(what: &str, fix: &str) -> HostError {
    HostError::backend(format!("{what}; mend it with: {fix}"))
}

/// A Docker or Podman container sees only the devices that it was given.
fn is_container() -> bool {
    ["/.dockerenv", "/run/.containerenv"].iter().any(|file| Path::new(file).exists())
}
