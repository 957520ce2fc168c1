//! component:usb@0.2.1 as a component gets it: what is wired to it, every call judged against the grant. Also
//! as wasi:usb@0.2.1, which is the same, and in both shapes that components of before declare it in (wit/shapes).
//!
//! Isochronous transfers and bulk streams are there, which the host for Node answers with `not-supported`. An isochronous
//! transfer has packets of one length: its buffer is as long as all of them. Reading it gives what came in them, one after
//! the other; which packet brought how much is told in the shapes that have a place for it.

mod convert;
mod device;
mod hotplug;
mod linker;
mod shape;
#[cfg(test)]
mod tests;

mod transfer;
mod view;

pub use device::{DeviceHandle, UsbDeviceHandle};
pub use hotplug::HotplugView;
pub use linker::add_usb;
pub use shape::{TransferShape, shape_of};
pub use transfer::{TransferHandle, TransferOptions, TransferType};
pub use view::{SeesUsb, UsbChange};
