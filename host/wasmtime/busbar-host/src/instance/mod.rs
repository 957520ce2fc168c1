//! One life of a driver, from its instantiation until it is stopped or traps; and what keeps it running.

mod exports;
mod guest;
mod memory;
mod reason;
mod state;
mod supervisor;
mod turns;

pub use busbar_core::failure::BoardFailure;
pub use exports::{DeviceExports, drives_none};
pub use guest::{DriverInstance, Guest, Urgency};
pub use memory::MemoryLimit;
pub use reason::trap_reason;
pub use state::DriverState;
pub use supervisor::{After, OpenBus, Supervised, Supervisor, at_once};
