use super::errors::call_error;
use super::recover::LostDriver;
use super::sys::ErrorNumber;
use crate::bus::usb::{UsbDevice, UsbError, UsbFailure, describe_usb_device};
use crate::error::HostError;
use crate::finding::Remedy;
use libusb1_sys::constants as c;
use std::path::Path;

/// Where the device files are.
pub(super) const USB_FILES: &str = "/dev/bus/usb";

/// What opening a device failed with, as the sentence that a person needs where there is one.
pub(super) fn open_failure(error: ErrorNumber, device: &dyn UsbDevice, file: &str) -> UsbFailure {
    if !Path::new(USB_FILES).exists() {
        return no_device_files().into_error().into();
    }
    match error {
        ErrorNumber(c::LIBUSB_ERROR_NO_DEVICE) => UsbError::no_device("the device is gone").into(),
        ErrorNumber(c::LIBUSB_ERROR_ACCESS) => no_permission(device, file).into_error().into(),
        other => call_error(other, &format!("opening {}", describe_usb_device(device))).into(),
    }
}

/// libusb itself does not start.
pub(super) fn no_libusb(error: ErrorNumber) -> HostError {
    if !Path::new(USB_FILES).exists() {
        return no_device_files().into_error();
    }
    let why = call_error(error, "starting libusb").message;
    HostError::backend(format!("{why}; the kernel log may say more: dmesg"))
}

/// There are no device files for USB at all.
pub(super) fn no_device_files() -> Remedy {
    if is_container() {
        return Remedy::new("this container was given no USB", "start it with --device /dev/bus/usb");
    }
    Remedy::new("there is no /dev/bus/usb", "sudo modprobe usbcore, or plug in a USB host adapter")
}

/// The device file is there, but this user may not open it.
pub(super) fn no_permission(device: &dyn UsbDevice, file: &str) -> Remedy {
    let what = format!("this user may not open {file}, which is {}", describe_usb_device(device));
    if is_container() {
        return Remedy::new(what, "start the container with --device /dev/bus/usb, as a user who may open it");
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
    Remedy::new(what, fix)
}

/// Without udevd, nobody tells libusb that a device has arrived.
pub(super) fn no_udev() -> Remedy {
    Remedy::new(
        "udevd does not run, and without it nobody tells when a USB device is plugged in",
        "sudo systemctl start systemd-udevd, or plug the device in before starting",
    )
}

/// A driver of the kernel that a killed process had taken, and that could not be given back.
pub(super) fn kernel_driver_gone(lost: &LostDriver) -> Remedy {
    let LostDriver { port, interface_number, driver, configuration, .. } = lost;
    Remedy::new(
        format!(
            "a process that was killed had taken interface {interface_number} of the USB device on port {port} from the \
             kernel driver {driver}, which is still without it"
        ),
        format!("echo {port}:{configuration}.{interface_number} | sudo tee /sys/bus/usb/drivers/{driver}/bind"),
    )
}

/// A Docker or Podman container sees only the devices that it was given.
fn is_container() -> bool {
    ["/.dockerenv", "/run/.containerenv"].iter().any(|file| Path::new(file).exists())
}
