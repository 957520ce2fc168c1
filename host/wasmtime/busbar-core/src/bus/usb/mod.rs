//! USB for drivers: what a platform has to give, which device an entry means, and what a driver may do with it.

mod backend;
mod claims;
mod context;
mod descriptors;
mod error;
mod facts;
pub mod guest;
mod hub;
mod hurry;
mod keys;
pub mod libusb;
mod report_descriptor;
mod session;
#[cfg(test)]
pub(crate) mod tests;

mod transfer;

pub use backend::{
    HotplugListener, Later, UsbBackend, UsbDevice, UsbFailure, UsbHandle, UsbHotplugEvent, UsbPacket, UsbPacketStatus,
    UsbPlace, UsbSetup, UsbSpeed, UsbTransferKind, UsbTransferRequest, UsbTransferResult,
};
pub use claims::ClaimingHandle;
pub use context::UsbContext;
pub use descriptors::{
    ConfigurationDescriptor, DeviceDescriptor, EndpointDescriptor, InterfaceDescriptor, parse_configuration_descriptor,
    parse_descriptors, parse_device_descriptor, split_descriptors,
};
pub use error::{UsbError, UsbErrorCode};
pub(crate) use facts::unplugged;
pub use facts::{describe_usb_device, facts_of_device};
pub use hub::{UsbHub, UsbSlot};
pub use hurry::Hurry;
pub use session::UsbSession;
pub use transfer::{UsbTransfer, UsbTransferOutcome};
