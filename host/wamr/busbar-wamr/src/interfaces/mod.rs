//! What drivers import, implemented: every call is judged against the entry of the board file.

mod busbar_board;
mod described;
mod wasi_i2c;

pub use described::{described, device_interfaces};

use crate::component::HostFunction;
use crate::instance::DriverState;

/// All functions that a driver can be given.
pub fn driver_functions() -> Vec<HostFunction<DriverState>> {
    wasi_i2c::FUNCTIONS.into_iter().chain(busbar_board::FUNCTIONS).collect()
}
