use super::context::Context;
use super::handle::OpenedHandle;
use super::{ErrorNumber, checked};
use libusb1_sys as ffi;
use libusb1_sys::constants as c;
use std::ptr::{NonNull, null_mut};
use std::sync::Arc;

/// USB 3.0 section 8.9: seven tiers at most, so seven ports.
const MOST_PORTS: usize = 7;

/// A device that libusb knows: `libusb_device`, and a reference of ours to it.
pub(in crate::bus::usb::libusb) struct DeviceRef {
    pointer: NonNull<ffi::libusb_device>,
    context: Arc<Context>,
}

// SAFETY: libusb's devices may be used from any thread.
unsafe impl Send for DeviceRef {}
// SAFETY: likewise; what is read of them does not change.
unsafe impl Sync for DeviceRef {}

impl DeviceRef {
    /// Takes over a reference to a device of a context.
    pub(super) fn owning(pointer: NonNull<ffi::libusb_device>, context: Arc<Context>) -> Self {
        Self { pointer, context }
    }

    /// Of the bus that it is on.
    pub(in crate::bus::usb::libusb) fn bus_number(&self) -> u8 {
        // SAFETY: the device is alive.
        unsafe { ffi::libusb_get_bus_number(self.pointer.as_ptr()) }
    }

    /// On its bus.
    pub(in crate::bus::usb::libusb) fn address(&self) -> u8 {
        // SAFETY: the device is alive.
        unsafe { ffi::libusb_get_device_address(self.pointer.as_ptr()) }
    }

    /// The way through the hubs; none for a root hub.
    pub(in crate::bus::usb::libusb) fn port_numbers(&self) -> Vec<u8> {
        let mut ports = [0; MOST_PORTS];
        // SAFETY: the device is alive, and there is room for so many ports.
        let count =
            unsafe { ffi::libusb_get_port_numbers(self.pointer.as_ptr(), ports.as_mut_ptr(), MOST_PORTS as i32) };
        ports[..usize::try_from(count).unwrap_or(0).min(MOST_PORTS)].to_vec()
    }

    /// Opens it. Each handle has claims of its own.
    pub(in crate::bus::usb::libusb) fn open(&self) -> Result<Arc<OpenedHandle>, ErrorNumber> {
        let mut handle = null_mut();
        // SAFETY: the device is alive, and `handle` is where libusb writes the handle.
        checked(unsafe { ffi::libusb_open(self.pointer.as_ptr(), &mut handle) })?;
        let handle = NonNull::new(handle).ok_or(ErrorNumber(c::LIBUSB_ERROR_OTHER))?;
        Ok(Arc::new(OpenedHandle::owning(handle, self.context.clone())))
    }
}

impl Drop for DeviceRef {
    fn drop(&mut self) {
        // SAFETY: the reference is ours, and not used after this.
        unsafe { ffi::libusb_unref_device(self.pointer.as_ptr()) };
    }
}
