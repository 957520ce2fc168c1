//! The kinds of devices as programs see them.

mod answered;
mod sensor;

pub use sensor::Sensor;
