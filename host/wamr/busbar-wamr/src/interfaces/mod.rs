//! What components import, implemented: every call is judged against the entry of the board file.

pub mod busbar_board;
pub mod component_usb;
mod described;
mod resource_table;
mod slab;
mod waits;
pub mod wasi_i2c;

pub use described::{borrowed_transfer, described, device_interfaces, transfer_result};
pub use resource_table::ResourceTable;
pub use slab::Slab;
pub use waits::Waits;

use crate::component::{HostFunction, Offered};
use crate::instance::DriverState;
use component_usb::{SeesUsb, TransferShape, await_transfer};

/// All functions that a driver can be given.
pub fn driver_functions() -> Vec<Offered<DriverState>> {
    let buses = wasi_i2c::functions().into_iter().chain(busbar_board::functions());
    with_usb(buses.collect())
}

/// These functions, and those of component:usb in all its shapes.
pub fn with_usb<S: SeesUsb>(mut functions: Vec<HostFunction<S>>) -> Vec<Offered<S>> {
    functions.extend(component_usb::functions());
    let shape = |shape, described| Offered { functions: await_transfer(shape), described };
    vec![
        Offered { functions, described: described() },
        shape(TransferShape::TransferResult, transfer_result()),
        shape(TransferShape::BorrowedTransfer, borrowed_transfer()),
    ]
}
