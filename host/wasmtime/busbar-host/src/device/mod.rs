//! The kinds of devices as programs see them.

mod answer;
mod error;
mod sensor;

pub use error::{BusFaultKind, DeviceError, DeviceErrorCode, bus_fault_name};
pub use sensor::{Channel, Quantity, Sensor, SensorInfo};
