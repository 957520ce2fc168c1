//! One life of a driver, from its instantiation until it is stopped or traps.

mod driver_instance;
mod ending;
mod pace;
mod state;

pub use driver_instance::{DriverInstance, Guest};
pub use ending::Ending;
pub use pace::Pace;
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
