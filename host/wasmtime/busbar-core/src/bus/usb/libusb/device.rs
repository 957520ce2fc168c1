use super::errors::call_error;
use super::handle::LibusbHandle;
use super::remedies::open_failure;
use super::sys::{DeviceRef, ErrorNumber};
use super::sysfs::{SysfsDevice, device_file, port_of};
use crate::bus::usb::report_descriptor::ask_report_descriptor;
use crate::bus::usb::{
    ConfigurationDescriptor, DeviceDescriptor, Later, UsbDevice, UsbError, UsbErrorCode, UsbFailure, UsbHandle,
    UsbPlace,
};
use crate::locked::locked;
use crate::locks::{DetachedDriver, DeviceLock, DeviceLocks, LockUse};
use libusb1_sys::constants as c;
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

/// The kernel tells of a device before it has chosen a configuration, and before udev's rules have given anybody a right to it.
/// Both come within a moment.
const SETTLES_WITHIN: Duration = Duration::from_secs(2);
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(20);

/// A device that libusb knows.
pub(super) struct LibusbDevice {
    native: DeviceRef,
    sysfs: SysfsDevice,
    descriptor: DeviceDescriptor,
    configurations: Vec<Option<ConfigurationDescriptor>>,
    place: UsbPlace,
    serial_number: Option<String>,
    usage: LockUse,
    found: Instant,
    /// Every transfer is judged by it. None while the device is unconfigured: the system, or another program, changes that.
    active: Mutex<Option<u8>>,
    itself: Weak<Self>,
}

impl LibusbDevice {
    /// None for one whose descriptors nobody can read: it has left again.
    pub(super) fn new(native: DeviceRef, usage: LockUse) -> Option<Arc<Self>> {
        let port = port_of(&native);
        let (bus_number, device_address) = (native.bus_number(), native.address());
        let sysfs = SysfsDevice::new(bus_number, port.as_deref());
        let (descriptor, configurations) = sysfs.descriptors(&device_file(bus_number, device_address))?;
        let place = UsbPlace {
            bus_number,
            device_address,
            port_number: native.port_numbers().last().copied().unwrap_or(0),
            speed: sysfs.speed(),
            port,
        };
        let serial_number = sysfs.text("serial");
        Some(Arc::new_cyclic(|itself| Self {
            native,
            sysfs,
            descriptor,
            configurations,
            place,
            serial_number,
            usage,
            found: Instant::now(),
            active: Mutex::new(None),
            itself: itself.clone(),
        }))
    }

    /// By what it is told from others that are plugged in.
    pub(super) fn key(&self) -> (u8, u8) {
        (self.place.bus_number, self.place.device_address)
    }

    /// For its handles: another configuration may be chosen now.
    pub(super) fn configuration_changed(&self) {
        *locked(&self.active) = None;
    }

    /// Keeps other processes from an interface; none for a device without a port, which nobody uses.
    ///
    /// # Errors
    ///
    /// `busy`, naming who has it.
    pub(super) fn lock(&self, interface_number: u8) -> Result<Option<DeviceLock>, UsbError> {
        let Some(name) = self.lock_name(interface_number) else { return Ok(None) };
        let taken = DeviceLocks::of_this_process().take(&name, &self.usage);
        taken.map(Some).map_err(|holder| in_use(interface_number, &holder.to_string()))
    }

    /// What is to be given back to the kernel, as it is written down while it is taken away.
    pub(super) fn kernel_driver(&self, interface_number: u8) -> Option<DetachedDriver> {
        let driver = self.interface_user(interface_number)?;
        let configuration = self.active_configuration().ok()?;
        let UsbPlace { bus_number, device_address, .. } = self.place;
        Some(DetachedDriver {
            driver,
            bus_number: bus_number.into(),
            device_address: device_address.into(),
            configuration: configuration.into(),
        })
    }

    /// Who has an interface that is busy, for people.
    pub(super) fn user(&self, interface_number: u8) -> String {
        let (bus_number, device_address) = self.key();
        match self.interface_user(interface_number).as_deref() {
            None => "another program; end it, or unplug the device and plug it in again".to_owned(),
            Some("usbfs") => {
                let file = device_file(bus_number, device_address);
                format!("another program; find it with: sudo fuser -v {file}")
            }
            Some(driver) => format!("the kernel driver {driver}; take it away with: sudo modprobe -r {driver}"),
        }
    }

    fn lock_name(&self, interface_number: u8) -> Option<String> {
        self.place.port.as_ref().map(|port| format!("usb-{port}-{interface_number}"))
    }

    fn try_open(&self) -> Result<Arc<dyn UsbHandle>, ErrorNumber> {
        let device = self.itself.upgrade().ok_or(ErrorNumber(c::LIBUSB_ERROR_NO_DEVICE))?;
        Ok(Arc::new(LibusbHandle::new(device, self.native.open()?)))
    }

    fn failure(&self, error: ErrorNumber) -> UsbFailure {
        let (bus_number, device_address) = self.key();
        open_failure(error, self, &device_file(bus_number, device_address))
    }

    async fn read_report_descriptor(&self, interface_number: u8) -> Result<Vec<u8>, UsbFailure> {
        let handle = self.open().await?;
        let answer = async {
            handle.claim_interface(interface_number)?;
            ask_report_descriptor(interface_number, |request| handle.submit(request)).await
        };
        let answer = answer.await;
        handle.close().await;
        answer
    }
}

impl UsbDevice for LibusbDevice {
    fn descriptor(&self) -> &DeviceDescriptor {
        &self.descriptor
    }

    fn configurations(&self) -> &[Option<ConfigurationDescriptor>] {
        &self.configurations
    }

    fn place(&self) -> &UsbPlace {
        &self.place
    }

    fn serial_number(&self) -> Option<&str> {
        self.serial_number.as_deref()
    }

    fn active_configuration(&self) -> Result<u8, UsbError> {
        let mut active = locked(&self.active);
        if let Some(value) = *active {
            return Ok(value);
        }
        let gone = || call_error(ErrorNumber(c::LIBUSB_ERROR_NO_DEVICE), "reading the configuration");
        let value = self.sysfs.active_configuration().ok_or_else(gone)?;
        *active = (value != 0).then_some(value);
        Ok(value)
    }

    fn configured(&self) -> Later<'_, ()> {
        Box::pin(async move {
            while self.active_configuration()? == 0 && self.found.elapsed() < SETTLES_WITHIN {
                tokio::time::sleep(LOOK_AGAIN_AFTER).await;
            }
            Ok(())
        })
    }

    fn interface_user(&self, interface_number: u8) -> Option<String> {
        self.sysfs.driver(self.active_configuration().ok()?, interface_number)
    }

    fn report_descriptor(&self, interface_number: u8) -> Later<'_, Option<Vec<u8>>, UsbFailure> {
        Box::pin(async move {
            let known = self.sysfs.report_descriptor(self.active_configuration()?, interface_number);
            match known {
                Some(known) => Ok(Some(known)),
                None => self.read_report_descriptor(interface_number).await.map(Some),
            }
        })
    }

    /// Nobody is told who has an interface once a driver runs: its errors have no words. So it is looked at before.
    fn prepare(&self, interfaces: &[u8]) -> Result<(), UsbError> {
        for number in interfaces {
            let name = self.lock_name(*number);
            if let Some(holder) = name.and_then(|name| DeviceLocks::of_this_process().holder(&name)) {
                return Err(in_use(*number, &holder.to_string()));
            }
        }
        Ok(())
    }

    fn open(&self) -> Later<'_, Arc<dyn UsbHandle>, UsbFailure> {
        Box::pin(async move {
            loop {
                match self.try_open() {
                    Err(ErrorNumber(c::LIBUSB_ERROR_ACCESS)) if self.found.elapsed() < SETTLES_WITHIN => {
                        tokio::time::sleep(LOOK_AGAIN_AFTER).await;
                    }
                    other => return other.map_err(|error| self.failure(error)),
                }
            }
        })
    }

    fn open_now(&self) -> Result<Arc<dyn UsbHandle>, UsbFailure> {
        self.try_open().map_err(|error| self.failure(error))
    }
}

fn in_use(interface_number: u8, holder: &str) -> UsbError {
    let message = format!("interface {interface_number} is in use by {holder}; end that first");
    UsbError::new(UsbErrorCode::Busy, message)
}
