use super::transfer::{TransferCall, TransferOptions, TransferType};
use crate::bus::usb::{
    ClaimingHandle, ConfigurationDescriptor, UsbError, UsbErrorCode, UsbHandle, UsbSession, UsbSetup,
};
use crate::grants::{DeviceChange, UsbCall};
use std::sync::Arc;

/// component:usb/device `usb-device`.
pub struct UsbDeviceHandle(pub Arc<UsbSession>);

/// component:usb/device `device-handle`.
#[derive(Clone)]
pub struct DeviceHandle {
    session: Arc<UsbSession>,
    handle: Arc<ClaimingHandle>,
}

/// An interface has no more endpoints: USB 2.0 section 9.6.6.
const MOST_ENDPOINTS: usize = 30;

impl UsbDeviceHandle {
    /// `open`.
    ///
    /// # Errors
    ///
    /// `access`, `no-device`.
    pub fn open(&self) -> Result<DeviceHandle, UsbError> {
        Ok(DeviceHandle { session: self.0.clone(), handle: self.0.open()? })
    }

    /// `get-configuration-descriptor`.
    ///
    /// # Errors
    ///
    /// `not-found`; `io` where the device's own descriptor is malformed.
    pub fn configuration(&self, index: u8) -> Result<&ConfigurationDescriptor, UsbError> {
        match self.0.device().configurations().get(usize::from(index)) {
            None => Err(UsbError::not_found(format!("no configuration has the index {index}"))),
            Some(None) => Err(UsbError::new(UsbErrorCode::Io, format!("configuration {index} is malformed"))),
            Some(Some(found)) => Ok(found),
        }
    }

    /// `get-configuration-descriptor-by-value`.
    ///
    /// # Errors
    ///
    /// `not-found`.
    pub fn configuration_by_value(&self, value: u8) -> Result<&ConfigurationDescriptor, UsbError> {
        let mut known = self.0.device().configurations().iter().flatten();
        let found = known.find(|each| each.configuration_value == value);
        found.ok_or_else(|| UsbError::not_found(format!("no configuration has the value {value}")))
    }

    /// `get-active-configuration-descriptor`.
    ///
    /// # Errors
    ///
    /// `not-found` where the device is unconfigured; `no-device`.
    pub fn active_configuration(&self) -> Result<&ConfigurationDescriptor, UsbError> {
        match self.0.device().active_configuration()? {
            0 => Err(UsbError::not_found("the device is unconfigured")),
            active => self.configuration_by_value(active),
        }
    }
}

impl DeviceHandle {
    /// `get-configuration`.
    ///
    /// # Errors
    ///
    /// `no-device`.
    pub fn configuration(&self) -> Result<u8, UsbError> {
        self.handle.opened()?;
        self.session.device().active_configuration()
    }

    /// `set-configuration`.
    ///
    /// # Errors
    ///
    /// `access`, `busy` while an interface is claimed, and what the device answers.
    pub async fn set_configuration(&self, value: Option<u8>) -> Result<(), UsbError> {
        let handle = self.handle.opened()?;
        let named = value.map_or_else(|| "none".to_owned(), |value| value.to_string());
        let doing = || format!("choosing configuration {named}");
        self.session.check(UsbCall::Device(DeviceChange::SetConfiguration), doing)?;
        // libusb, libusb_set_configuration: not while interfaces are claimed, which may be other ones afterwards.
        if self.session.has_claims() {
            return Err(UsbError::new(UsbErrorCode::Busy, "release the interfaces first"));
        }
        self.session.changing(handle.set_configuration(value)).await
    }

    /// `claim-interface`.
    ///
    /// # Errors
    ///
    /// `access`, `busy`, `not-found`.
    pub fn claim(&self, number: u8) -> Result<(), UsbError> {
        self.check_interface(number, "claiming")?;
        self.handle.claim(number)
    }

    /// `release-interface`.
    ///
    /// # Errors
    ///
    /// `access`, `not-found`.
    pub async fn release(&self, number: u8) -> Result<(), UsbError> {
        self.check_interface(number, "releasing")?;
        self.handle.release(number).await
    }

    /// `set-interface-altsetting`.
    ///
    /// # Errors
    ///
    /// `access`, `not-found`, and what the device answers.
    pub async fn set_alternate_setting(&self, number: u8, setting: u8) -> Result<(), UsbError> {
        let handle = self.check_interface(number, "choosing an alternate setting of")?;
        if !self.handle.has_claimed(number) {
            return Err(UsbError::not_found(format!("interface {number} is not claimed")));
        }
        handle.set_alternate_setting(number, setting).await
    }

    /// `clear-halt`.
    ///
    /// # Errors
    ///
    /// `access`, `not-found` where its interface is not claimed, and what the device answers.
    pub async fn clear_halt(&self, endpoint: u8) -> Result<(), UsbError> {
        let handle = self.check_endpoint(endpoint, "clearing the halt of")?;
        handle.clear_halt(endpoint).await
    }

    /// `reset-device`.
    ///
    /// # Errors
    ///
    /// `access`, and what the device answers.
    pub async fn reset(&self) -> Result<(), UsbError> {
        let handle = self.handle.opened()?;
        self.session.check(UsbCall::Device(DeviceChange::Reset), || "resetting the device".to_owned())?;
        self.session.changing(handle.reset()).await
    }

    /// `alloc-streams`: all of them, or none.
    ///
    /// # Errors
    ///
    /// `access`, `not-found`, `invalid-param`, `not-supported`; `no-mem` where the controller has fewer.
    pub fn alloc_streams(&self, count: u32, endpoints: &[u8]) -> Result<(), UsbError> {
        let handle = self.check_streams(endpoints, "allocating bulk streams of")?;
        if count == 0 {
            return Err(UsbError::invalid_param("no stream is asked for"));
        }
        let allocated = handle.alloc_streams(count, endpoints)?;
        if allocated >= count {
            return Ok(());
        }
        // The interface has no place to say so, and a stream that is not there must not be used.
        handle.free_streams(endpoints)?;
        Err(UsbError::new(UsbErrorCode::NoMem, format!("there are {allocated} of {count} streams")))
    }

    /// `free-streams`.
    ///
    /// # Errors
    ///
    /// `access`, `not-found`, `invalid-param`.
    pub fn free_streams(&self, endpoints: &[u8]) -> Result<(), UsbError> {
        self.check_streams(endpoints, "freeing bulk streams of")?.free_streams(endpoints)
    }

    /// `kernel-driver-active`.
    ///
    /// # Errors
    ///
    /// `access`, `not-supported`.
    pub fn kernel_driver_active(&self, number: u8) -> Result<bool, UsbError> {
        self.check_interface(number, "asking for the kernel driver of")?.kernel_driver_active(number)
    }

    /// `detach-kernel-driver`.
    ///
    /// # Errors
    ///
    /// `access`, `not-found`.
    pub fn detach_kernel_driver(&self, number: u8) -> Result<(), UsbError> {
        self.check_interface(number, "detaching the kernel driver of")?;
        self.handle.detach(number)
    }

    /// `attach-kernel-driver`.
    ///
    /// # Errors
    ///
    /// `access`, `busy`, `not-found`.
    pub fn attach_kernel_driver(&self, number: u8) -> Result<(), UsbError> {
        self.check_interface(number, "attaching the kernel driver of")?;
        self.handle.attach(number)
    }

    /// `new-transfer`.
    ///
    /// # Errors
    ///
    /// `access`, `invalid-param`.
    pub fn transfer(
        &self,
        kind: TransferType,
        setup: UsbSetup,
        length: u32,
        options: TransferOptions,
    ) -> Result<TransferCall, UsbError> {
        self.handle.opened()?;
        TransferCall::new(self.session.clone(), self.handle.clone(), kind, setup, length, options)
    }

    /// `close`; never fails.
    pub async fn close(&self) {
        self.session.close(&self.handle).await;
    }

    fn check_interface(&self, number: u8, doing: &str) -> Result<&Arc<dyn UsbHandle>, UsbError> {
        let handle = self.handle.opened()?;
        self.session.check(UsbCall::Interface(number), || format!("{doing} interface {number}"))?;
        Ok(handle)
    }

    fn check_endpoint(&self, endpoint: u8, doing: &str) -> Result<&Arc<dyn UsbHandle>, UsbError> {
        let handle = self.handle.opened()?;
        let facts = self.session.check(UsbCall::Endpoint(endpoint), || format!("{doing} endpoint {endpoint:#04x}"))?;
        if !self.handle.has_claimed_endpoint(&facts, endpoint) {
            return Err(UsbError::not_found(format!("claim the interface of endpoint {endpoint:#04x} first")));
        }
        Ok(handle)
    }

    fn check_streams(&self, endpoints: &[u8], doing: &str) -> Result<&Arc<dyn UsbHandle>, UsbError> {
        let handle = self.handle.opened()?;
        if !(1..=MOST_ENDPOINTS).contains(&endpoints.len()) {
            let message = format!("bulk streams have 1 to {MOST_ENDPOINTS} endpoints, not {}", endpoints.len());
            return Err(UsbError::invalid_param(message));
        }
        for endpoint in endpoints {
            self.check_endpoint(*endpoint, doing)?;
        }
        Ok(handle)
    }
}
