//! The kinds of devices as programs see them.

mod answered;
mod local_sensor;
#[cfg(feature = "std")]
mod sensor;

pub use local_sensor::{CallWatch, LocalSensor};
#[cfg(feature = "std")]
pub use sensor::Sensor;
