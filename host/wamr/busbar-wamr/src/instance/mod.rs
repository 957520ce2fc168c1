//! One life of a driver, from its instantiation until it is stopped or traps; and what keeps it running.

mod driver_instance;
mod pace;
mod state;
mod supervisor;

pub use driver_instance::{DriverInstance, Guest};
pub use pace::Pace;
pub use state::DriverState;
pub use supervisor::{OpenBus, Supervised, Supervisor};
