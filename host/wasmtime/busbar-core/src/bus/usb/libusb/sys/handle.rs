use super::context::Context;
use super::{ErrorNumber, checked};
use libusb1_sys as ffi;
use std::ffi::c_int;
use std::ptr::NonNull;
use std::sync::Arc;

/// An opened device: `libusb_device_handle`. Dropping it closes it; transfers under way hold it.
///
/// Most of its functions ask the device and wait in the kernel for the answer: to be called where that may take a while.
pub(in crate::bus::usb::libusb) struct OpenedHandle {
    pointer: NonNull<ffi::libusb_device_handle>,
    context: Arc<Context>,
}

// SAFETY: libusb's handles may be used from any thread.
unsafe impl Send for OpenedHandle {}
// SAFETY: likewise; libusb locks for itself.
unsafe impl Sync for OpenedHandle {}

type Answer = Result<(), ErrorNumber>;

impl OpenedHandle {
    /// Takes over a handle of a context.
    pub(super) fn owning(pointer: NonNull<ffi::libusb_device_handle>, context: Arc<Context>) -> Self {
        Self { pointer, context }
    }

    pub(super) fn context(&self) -> &Context {
        &self.context
    }

    pub(super) fn pointer(&self) -> *mut ffi::libusb_device_handle {
        self.pointer.as_ptr()
    }

    /// Waits for the device. -1 for "unconfigured": some devices have a configuration 0.
    pub(in crate::bus::usb::libusb) fn set_configuration(&self, value: i32) -> Answer {
        // SAFETY: the handle is open.
        done(unsafe { ffi::libusb_set_configuration(self.pointer(), value) })
    }

    /// Answered by the kernel.
    pub(in crate::bus::usb::libusb) fn claim_interface(&self, number: u8) -> Answer {
        // SAFETY: the handle is open.
        done(unsafe { ffi::libusb_claim_interface(self.pointer(), number.into()) })
    }

    /// Waits for the device, which returns to alternate setting 0.
    pub(in crate::bus::usb::libusb) fn release_interface(&self, number: u8) -> Answer {
        // SAFETY: the handle is open.
        done(unsafe { ffi::libusb_release_interface(self.pointer(), number.into()) })
    }

    /// Waits for the device.
    pub(in crate::bus::usb::libusb) fn set_alternate_setting(&self, number: u8, setting: u8) -> Answer {
        // SAFETY: the handle is open.
        done(unsafe { ffi::libusb_set_interface_alt_setting(self.pointer(), number.into(), setting.into()) })
    }

    /// Waits for the device.
    pub(in crate::bus::usb::libusb) fn clear_halt(&self, endpoint: u8) -> Answer {
        // SAFETY: the handle is open.
        done(unsafe { ffi::libusb_clear_halt(self.pointer(), endpoint) })
    }

    /// Waits for the device.
    pub(in crate::bus::usb::libusb) fn reset(&self) -> Answer {
        // SAFETY: the handle is open.
        done(unsafe { ffi::libusb_reset_device(self.pointer()) })
    }

    /// Gives how many were allocated. Answered by the kernel and the controller.
    pub(in crate::bus::usb::libusb) fn alloc_streams(&self, count: u32, endpoints: &[u8]) -> Result<u32, ErrorNumber> {
        let mut endpoints = endpoints.to_vec();
        let length = length_of(&endpoints)?;
        // SAFETY: the handle is open, and there are so many endpoints, which libusb only reads.
        let answer = unsafe { ffi::libusb_alloc_streams(self.pointer(), count, endpoints.as_mut_ptr(), length) };
        checked(answer).map(i32::unsigned_abs)
    }

    /// Answered by the kernel and the controller.
    pub(in crate::bus::usb::libusb) fn free_streams(&self, endpoints: &[u8]) -> Answer {
        let mut endpoints = endpoints.to_vec();
        let length = length_of(&endpoints)?;
        // SAFETY: the handle is open, and there are so many endpoints, which libusb only reads.
        done(unsafe { ffi::libusb_free_streams(self.pointer(), endpoints.as_mut_ptr(), length) })
    }

    /// Answered by the kernel.
    pub(in crate::bus::usb::libusb) fn kernel_driver_active(&self, number: u8) -> Result<bool, ErrorNumber> {
        // SAFETY: the handle is open.
        let answer = unsafe { ffi::libusb_kernel_driver_active(self.pointer(), number.into()) };
        checked(answer).map(|active| active != 0)
    }

    /// Answered by the kernel, after its driver has given the interface up.
    pub(in crate::bus::usb::libusb) fn detach_kernel_driver(&self, number: u8) -> Answer {
        // SAFETY: the handle is open.
        done(unsafe { ffi::libusb_detach_kernel_driver(self.pointer(), number.into()) })
    }

    /// Waits for the kernel's driver, which speaks to the device.
    pub(in crate::bus::usb::libusb) fn attach_kernel_driver(&self, number: u8) -> Answer {
        // SAFETY: the handle is open.
        done(unsafe { ffi::libusb_attach_kernel_driver(self.pointer(), number.into()) })
    }
}

impl Drop for OpenedHandle {
    fn drop(&mut self) {
        // SAFETY: nothing uses it any more: transfers under way would hold it. This is never in a callback of libusb,
        // because those leave everything that they would drop to `Context::handle_events`.
        unsafe { ffi::libusb_close(self.pointer()) };
    }
}

fn done(answer: c_int) -> Answer {
    checked(answer).map(drop)
}

fn length_of(endpoints: &[u8]) -> Result<c_int, ErrorNumber> {
    c_int::try_from(endpoints.len()).map_err(|_| ErrorNumber(libusb1_sys::constants::LIBUSB_ERROR_INVALID_PARAM))
}
