//! What the host needs from a platform to reach USB: libusb and the simulators of tests each implement these traits. All
//! of them give [`UsbError`] with libusb's meaning.

use super::descriptors::{ConfigurationDescriptor, DeviceDescriptor};
use super::error::UsbError;
use super::transfer::UsbTransfer;
use crate::error::HostError;
use std::pin::Pin;
use std::sync::Arc;

/// What a call that waits gives.
pub type Later<'a, T, Error = UsbError> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// Told of what comes and goes; not from within a call into the backend.
pub type HotplugListener = Box<dyn Fn(UsbHotplugEvent) + Send + Sync>;

/// A source of USB devices.
pub trait UsbBackend: Send + Sync {
    /// The devices that are plugged in. A device is the same object until it leaves.
    ///
    /// # Errors
    ///
    /// When the platform has no USB, or refuses it.
    fn devices(&self) -> Result<Vec<Arc<dyn UsbDevice>>, HostError>;

    /// Tells of arrivals and departures from now on, as long as the backend lives. Called within a runtime of tokio, which
    /// serves the backend from then on.
    ///
    /// # Errors
    ///
    /// When the platform has no USB, or refuses it.
    fn watch(&self, listener: HotplugListener) -> Result<(), HostError>;
}

/// A device that was plugged in or pulled out.
#[derive(Clone)]
pub enum UsbHotplugEvent {
    Arrived(Arc<dyn UsbDevice>),
    Left(Arc<dyn UsbDevice>),
}

/// component:usb/device `usb-speed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UsbSpeed {
    #[default]
    Unknown,
    Low,
    Full,
    High,
    Super,
    SuperPlus,
    SuperPlusX2,
}

/// Where a device is plugged in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UsbPlace {
    pub bus_number: u8,
    /// Given anew with every plugging in.
    pub device_address: u8,
    /// The port of the hub that it hangs on; 0 where the platform does not tell.
    pub port_number: u8,
    pub speed: UsbSpeed,
    /// The way through the hubs, which stays the same: "1-2.3" is port 3 of a hub in port 2 of bus 1.
    pub port: Option<String>,
}

/// Why a device cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsbFailure {
    /// What the device, or the system, answered.
    Usb(UsbError),
    /// Something that a person has to change, with the line that mends it.
    Host(HostError),
}

impl From<UsbError> for UsbFailure {
    fn from(error: UsbError) -> Self {
        Self::Usb(error)
    }
}

impl From<HostError> for UsbFailure {
    fn from(error: HostError) -> Self {
        Self::Host(error)
    }
}

/// A device that is plugged in.
pub trait UsbDevice: Send + Sync {
    fn descriptor(&self) -> &DeviceDescriptor;
    /// By index; none where the device's own descriptor is malformed.
    fn configurations(&self) -> &[Option<ConfigurationDescriptor>];
    fn place(&self) -> &UsbPlace;
    /// As the device says it; none where it says nothing, or the platform does not tell.
    fn serial_number(&self) -> Option<&str>;

    /// The chosen configuration's value, 0 where the device is unconfigured.
    ///
    /// # Errors
    ///
    /// When it is gone.
    fn active_configuration(&self) -> Result<u8, UsbError>;

    /// Waits until the system has chosen a configuration of a device that has just arrived. Not for long: one can be
    /// unconfigured for good.
    fn configured(&self) -> Later<'_, ()>;

    /// Who has an interface now: the name of the operating system's driver ("usbhid"), "usbfs" for a program. None where
    /// nobody has it, or the platform does not tell.
    fn interface_user(&self, interface_number: u8) -> Option<String>;

    /// The report descriptor of a HID interface, by which security keys are told; none where the platform keeps security
    /// keys away by itself.
    fn report_descriptor(&self, interface_number: u8) -> Later<'_, Option<Vec<u8>>, UsbFailure>;

    /// Called before a driver starts that is given these interfaces.
    ///
    /// # Errors
    ///
    /// `busy`, naming who has one of them.
    fn prepare(&self, interfaces: &[u8]) -> Result<(), UsbError>;

    /// Opens it. Opened more than once, each handle has its own claims. It may wait until the system has given the rights
    /// to a device that has just arrived.
    fn open(&self) -> Later<'_, Arc<dyn UsbHandle>, UsbFailure>;

    /// Opens it again at once, for a driver that has it open or had it prepared.
    ///
    /// # Errors
    ///
    /// Where the operating system refuses it, with the line that mends it.
    fn open_now(&self) -> Result<Arc<dyn UsbHandle>, UsbFailure>;
}

/// An opened device. After `close` every call answers `no-device`.
pub trait UsbHandle: Send + Sync {
    /// `value` is bConfigurationValue; none for "unconfigured".
    fn set_configuration(&self, value: Option<u8>) -> Later<'_, ()>;

    /// # Errors
    ///
    /// `busy` where somebody else has it, `not-found`.
    fn claim_interface(&self, interface_number: u8) -> Result<(), UsbError>;
    fn release_interface(&self, interface_number: u8) -> Later<'_, ()>;
    fn set_alternate_setting(&self, interface_number: u8, alternate_setting: u8) -> Later<'_, ()>;
    fn clear_halt(&self, endpoint: u8) -> Later<'_, ()>;
    fn reset(&self) -> Later<'_, ()>;

    /// Allocates bulk streams on some endpoints together; gives how many there are now, which can be fewer.
    ///
    /// # Errors
    ///
    /// `not-supported` or `invalid-param` where the device or its controller has none.
    fn alloc_streams(&self, count: u32, endpoints: &[u8]) -> Result<u32, UsbError>;

    /// Frees the bulk streams of some endpoints.
    ///
    /// # Errors
    ///
    /// Where they have none.
    fn free_streams(&self, endpoints: &[u8]) -> Result<(), UsbError>;

    /// # Errors
    ///
    /// `not-supported` where the platform has no such drivers.
    fn kernel_driver_active(&self, interface_number: u8) -> Result<bool, UsbError>;

    /// # Errors
    ///
    /// `not-found` where none has it.
    fn detach_kernel_driver(&self, interface_number: u8) -> Result<(), UsbError>;

    /// # Errors
    ///
    /// `busy` where the interface is claimed, `not-found` where the system has no driver for it.
    fn attach_kernel_driver(&self, interface_number: u8) -> Result<(), UsbError>;

    /// Starts a transfer, any number of them. Those of one endpoint are carried out in order.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    fn submit(&self, request: UsbTransferRequest) -> Result<Arc<UsbTransfer>, UsbError>;

    /// Cancels what is under way, waits until it has ended, and closes; never fails. Closing twice is legal.
    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// The eight bytes that begin a control transfer: USB 2.0 table 9-2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UsbSetup {
    pub bm_request_type: u8,
    pub b_request: u8,
    pub w_value: u16,
    pub w_index: u16,
    pub w_length: u16,
}

/// USB 2.0 section 5.4, and what makes each kind different.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsbTransferKind {
    Control(UsbSetup),
    /// `stream_id`: the bulk stream, 0 for none.
    Bulk {
        stream_id: u32,
    },
    Interrupt,
    /// So many packets, each an equal part of the transfer.
    Isochronous {
        packets: u32,
    },
}

/// A transfer to be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsbTransferRequest {
    pub kind: UsbTransferKind,
    /// bEndpointAddress, direction bit included; 0 for control transfers.
    pub endpoint: u8,
    /// What is sent; empty for a transfer in IN direction.
    pub data: Vec<u8>,
    /// How many bytes are received at most; 0 for a transfer in OUT direction.
    pub length: u32,
    /// After this time it ends in `timeout`; 0 for never.
    pub timeout_ms: u32,
}

/// What a transfer did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UsbTransferResult {
    /// What was received; empty for a transfer in OUT direction. Of an isochronous one, what came in its packets, one after
    /// the other.
    pub data: Vec<u8>,
    /// How many bytes were received or sent, the setup packet not counted.
    pub actual_length: usize,
    /// Of an isochronous transfer, in order; empty for others.
    pub packets: Vec<UsbPacket>,
}

/// One packet of an isochronous transfer: there is no second try, so that each has an end of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsbPacket {
    pub actual_length: u32,
    pub status: UsbPacketStatus,
}

/// How a packet ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsbPacketStatus {
    Success,
    Error,
    TimedOut,
    Cancelled,
    Stall,
    NoDevice,
    Overflow,
}
