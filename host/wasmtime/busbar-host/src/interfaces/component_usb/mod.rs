//! component:usb@0.2.1 as a component gets it: what is wired to it, every call judged against the grant. Also
//! as wasi:usb@0.2.1, which is the same, and in both shapes that components of before declare it in (wit/shapes).

mod convert;
mod linker;
mod shape;
mod view;

pub use busbar_core::bus::usb::guest::{
    DeviceHandle, HotplugView, TransferCall, TransferOptions, TransferType, UsbChange, UsbDeviceHandle,
};
pub use linker::add_usb;
pub use shape::{TransferShape, shape_of};
pub use view::SeesUsb;

use std::sync::Arc;

/// component:usb/transfers `transfer`.
pub struct TransferHandle(pub Arc<TransferCall>);
