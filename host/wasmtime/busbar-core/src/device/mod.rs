//! What drivers answer, and what has to hold of it on every host.

mod answer;
mod error;
#[cfg(feature = "std")]
mod last_reading;
#[cfg(feature = "std")]
mod opened_sensor;
mod sensor_answer;

pub use answer::{require_answer, short_name, shorten};
pub use error::{BusFaultKind, DeviceError, DeviceErrorCode, bus_fault_name, bus_fault_named};
#[cfg(feature = "std")]
pub use last_reading::{LastReading, LastReadings};
#[cfg(feature = "std")]
pub use opened_sensor::{OpenedSensor, OpensSensors};
pub use sensor_answer::{Channel, Quantity, SensorInfo, checked_channels, checked_reading};
