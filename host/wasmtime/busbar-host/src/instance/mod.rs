//! One life of a driver, from its instantiation until it is stopped or traps; and what keeps it running.

mod guest;
mod memory;
mod reason;
mod state;
mod supervisor;

pub use guest::{DriverInstance, Guest};
pub use memory::MemoryLimit;
pub use reason::{MOST_HANDLES, trap_reason};
pub use state::DriverState;
pub use supervisor::{BoardFailure, Supervised, Supervisor};
