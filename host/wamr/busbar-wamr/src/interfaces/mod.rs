//! What components import, implemented: every call is judged against the entry of the board file.

pub mod busbar_board;
#[cfg(feature = "std")]
pub mod component_usb;
mod context;
mod described;
mod drives_buses;
#[cfg(feature = "std")]
mod holds_handles;
#[cfg(feature = "std")]
mod resource_table;
#[cfg(feature = "std")]
mod system;
mod waits;
#[cfg(feature = "std")]
pub mod wasi_gpio;
pub mod wasi_i2c;
#[cfg(feature = "std")]
mod wasi_poll;
#[cfg(feature = "std")]
pub mod wasi_spi;

pub use context::DriverContext;
pub use described::describe;
#[cfg(feature = "std")]
pub use described::{borrowed_transfer, described, device_interfaces, system, transfer_result, write_error};
pub use drives_buses::DrivesBuses;
#[cfg(feature = "std")]
pub use holds_handles::HoldsHandles;
#[cfg(feature = "std")]
pub use resource_table::ResourceTable;
#[cfg(feature = "std")]
pub use system::{functions_of_drivers, with_system};
pub use waits::Waits;
#[cfg(feature = "std")]
pub use wasi_poll::poll_functions;

use crate::component::HostFunction;
use alloc::vec::Vec;

/// All functions that a driver can be given without an operating system: those of [`describe`].
pub fn driver_functions<S: DriverContext>() -> Vec<HostFunction<S>> {
    wasi_i2c::functions().into_iter().chain(busbar_board::functions()).collect()
}
