//! The devices of a board as programs and apps see them.

mod answered;
#[cfg(feature = "std")]
mod callable_component;
#[cfg(feature = "std")]
mod contact;
#[cfg(feature = "std")]
mod declared_type;
#[cfg(feature = "std")]
mod function;
mod local_sensor;
#[cfg(feature = "std")]
mod opened;
#[cfg(feature = "std")]
mod sensor;
#[cfg(feature = "std")]
mod switch;
#[cfg(feature = "std")]
mod told;

pub use answered::{answered, device_error, error_value};
#[cfg(feature = "std")]
pub use callable_component::{CallableComponent, WIRED};
#[cfg(feature = "std")]
pub use contact::Contact;
#[cfg(feature = "std")]
pub use function::{Answer, CLOSE, DeviceFunction, OPEN, RESOURCE, device_functions};
pub use local_sensor::{CallWatch, LocalSensor};
#[cfg(feature = "std")]
pub use opened::{OpenFailure, OpenedDevice};
#[cfg(feature = "std")]
pub use sensor::Sensor;
#[cfg(feature = "std")]
pub use switch::Switch;
