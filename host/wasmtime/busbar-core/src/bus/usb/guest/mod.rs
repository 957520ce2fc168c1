//! component:usb as a guest calls it, whichever engine it runs in: what is wired to it, every call judged against the grant.
//!
//! Isochronous transfers and bulk streams are there, which the host for Node answers with `not-supported`. An isochronous
//! transfer has packets of one length: its buffer is as long as all of them. Reading it gives what came in them, one after
//! the other; which packet brought how much is told in the shapes that have a place for it (wit/shapes).

mod device;
mod hotplug;
#[cfg(test)]
mod tests;
mod transfer;

pub use device::{DeviceHandle, UsbDeviceHandle};
pub use hotplug::{HotplugView, UsbChange};
pub use transfer::{TransferCall, TransferOptions, TransferType};
