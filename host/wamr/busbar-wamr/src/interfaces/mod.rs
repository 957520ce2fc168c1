//! What drivers import, implemented: every call is judged against the entry of the board file.

mod busbar_board;
mod context;
mod described;
mod wasi_i2c;

pub use context::DriverContext;
pub use described::describe;
#[cfg(feature = "std")]
pub use described::{described, device_interfaces};

use crate::component::HostFunction;
use alloc::vec::Vec;

/// All functions that a driver can be given.
pub fn driver_functions<S: DriverContext>() -> Vec<HostFunction<S>> {
    wasi_i2c::functions().into_iter().chain(busbar_board::functions()).collect()
}
