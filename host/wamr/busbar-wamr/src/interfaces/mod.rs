//! What components import, implemented: every call is judged against the entry of the board file.

pub mod busbar_board;
mod described;
mod resource_table;
mod slab;
mod waits;
pub mod wasi_i2c;

pub use described::{described, device_interfaces};
pub use resource_table::ResourceTable;
pub use slab::Slab;
pub use waits::Waits;

use crate::component::HostFunction;
use crate::instance::DriverState;

/// All functions that a driver can be given.
pub fn driver_functions() -> Vec<HostFunction<DriverState>> {
    wasi_i2c::functions().into_iter().chain(busbar_board::functions()).collect()
}
