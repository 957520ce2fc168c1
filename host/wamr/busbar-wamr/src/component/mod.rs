//! Flattened components as the component model has them: functions that take and give values, with the host's functions for
//! what they import.

mod calls;
mod instance;
mod linked;
mod same_type;

pub use instance::{ComponentInstance, Export};
pub use linked::{Answer, Answered, HostFunction, Linked, Offered, Parameters};
pub use same_type::{require_exports, same_function};
