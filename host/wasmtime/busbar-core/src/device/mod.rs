//! What drivers answer, and what has to hold of it on every host.

mod answer;
mod block_device_answer;
mod camera_answer;
mod error;
mod hid_answer;
mod judge;
mod last_reading;
mod opened_sensor;
mod sensor_answer;
mod serial_port_answer;
mod text_display_answer;
mod told;
mod usb_echo_answer;
mod wait;

pub use answer::{require_answer, short_name, shorten};
pub use block_device_answer::{require_blocks, require_disk};
pub use camera_answer::require_modes;
pub use error::{BusFaultKind, DeviceError, DeviceErrorCode, bus_fault_name, bus_fault_named};
pub use hid_answer::{FieldForm, require_description, require_report};
pub use judge::{INFO, Judge, READ, descriptions};
pub use last_reading::{LastReading, LastReadings};
pub use opened_sensor::{OpenedSensor, OpensSensors};
pub use sensor_answer::{Channel, Quantity, SensorInfo, checked_channels, checked_reading};
pub use serial_port_answer::{require_at_most, require_line};
pub use text_display_answer::{CustomCharactersForm, DisplayForm, require_capabilities, require_size};
pub use told::Told;
pub use usb_echo_answer::{require_all_back, require_pipes};
pub use wait::{Wait, longest_wait};
