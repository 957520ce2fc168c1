//! One life of a driver, from its instantiation until it is stopped or traps; and what keeps it running.

mod exports;
mod guest;
mod memory;
mod reason;
mod state;

pub use busbar_core::failure::BoardFailure;
pub use busbar_core::supervisor::{After, Life, OpenBuses, StartsLives, at_once};
pub use busbar_core::turns::Urgency;
pub use exports::{DeviceExports, drives_none};
pub use guest::{DriverInstance, Guest};
pub use memory::MemoryLimit;
pub use reason::trap_reason;
pub use state::DriverState;

use crate::components::Driver;

/// What a supervisor starts its driver with.
pub type Supervised = busbar_core::supervisor::Supervised<Driver>;
/// Keeps the driver of one board entry running.
pub type Supervisor = busbar_core::supervisor::Supervisor<Driver>;
/// The drivers of a board.
pub type Drivers = busbar_core::drivers::Drivers<Driver>;
/// What keeps the driver of a device running, or why it has none.
pub type DriverOrRefusal = busbar_core::drivers::DriverOrRefusal<Driver>;
