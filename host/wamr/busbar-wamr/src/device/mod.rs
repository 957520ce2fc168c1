//! The devices of a board as programs and apps see them.

mod answered;
mod callable_component;
mod function;
mod opened;
mod sensor;
mod told;

pub use answered::{answered, device_error, error_value};
pub use callable_component::{CallableComponent, WIRED};
pub use function::{Answer, CLOSE, DeviceFunction, OPEN, RESOURCE, device_functions};
pub use opened::{OpenFailure, OpenedDevice};
pub use sensor::Sensor;
