//! What drivers answer, and what has to hold of it on every host.

mod answer;
mod error;
mod sensor_answer;

#[cfg(feature = "std")]
mod block_device_answer;
#[cfg(feature = "std")]
mod camera_answer;
#[cfg(feature = "std")]
mod contact_answer;
#[cfg(feature = "std")]
mod controller_answer;
#[cfg(feature = "std")]
mod duration;
#[cfg(feature = "std")]
mod hid_answer;
#[cfg(feature = "std")]
mod judge;
#[cfg(feature = "std")]
mod last_reading;
#[cfg(feature = "std")]
mod opened_contact;
#[cfg(feature = "std")]
mod opened_sensor;
#[cfg(feature = "std")]
mod opened_switch;
#[cfg(feature = "std")]
mod serial_port_answer;
#[cfg(feature = "std")]
mod text_display_answer;
#[cfg(feature = "std")]
mod told;
#[cfg(feature = "std")]
mod usb_echo_answer;
#[cfg(feature = "std")]
mod wait;

pub use answer::{require_answer, short_name, shorten};
pub use error::{BusFaultKind, DeviceError, DeviceErrorCode, bus_fault_name, bus_fault_named};
pub use sensor_answer::{Channel, Quantity, SensorInfo, checked_channels, checked_reading};

#[cfg(feature = "std")]
pub use block_device_answer::{require_blocks, require_disk};
#[cfg(feature = "std")]
pub use camera_answer::require_modes;
#[cfg(feature = "std")]
pub use contact_answer::{ContactChange, ContactChanges, require_changes};
#[cfg(feature = "std")]
pub use controller_answer::{failure_sentence, require_buses, require_lines, require_received};
#[cfg(feature = "std")]
pub use duration::required_duration;
#[cfg(feature = "std")]
pub use hid_answer::{FieldForm, require_description, require_report};
#[cfg(feature = "std")]
pub use judge::{INFO, Judge, READ, descriptions};
#[cfg(feature = "std")]
pub use last_reading::{LastReading, LastReadings};
#[cfg(feature = "std")]
pub use opened_contact::OpenedContact;
#[cfg(feature = "std")]
pub use opened_sensor::{OpenedSensor, OpensSensors};
#[cfg(feature = "std")]
pub use opened_switch::OpenedSwitch;
#[cfg(feature = "std")]
pub use serial_port_answer::{require_at_most, require_line};
#[cfg(feature = "std")]
pub use text_display_answer::{CustomCharactersForm, DisplayForm, require_capabilities, require_size};
#[cfg(feature = "std")]
pub use told::Told;
#[cfg(feature = "std")]
pub use usb_echo_answer::{require_all_back, require_pipes};
#[cfg(feature = "std")]
pub use wait::{Wait, longest_wait};
