//! The kinds of devices as programs see them.

mod answered;
mod block_device;
mod callable_component;
mod camera;
mod component_json;
mod hid;
mod hid_answer;
mod open_once;
mod opened;
#[cfg(feature = "streams")]
mod readings;
mod sensor;
mod serial_port;
#[cfg(feature = "streams")]
mod streaming_sensor;
mod text_display;
mod usb_echo;
mod wait;

pub(crate) use answered::answered;
pub use block_device::{BlockDevice, BlockDeviceInfo};
pub(crate) use block_device::{require_blocks, require_disk};
pub use busbar_core::device::{
    BusFaultKind, Channel, DeviceError, DeviceErrorCode, LastReading, LastReadings, OpenedSensor, OpensSensors,
    Quantity, SensorInfo, bus_fault_name, bus_fault_named,
};
pub(crate) use busbar_core::device::{checked_channels, checked_reading, short_name};
pub use busbar_core::failure::{CallFailure, ReturnedError};
pub use callable_component::{Argument, CallableComponent, CallableFunction};
pub(crate) use camera::require_modes;
pub use camera::{Camera, CameraEncoding, CameraFrame, CameraInfo, CameraMode};
pub use hid::{
    Hid, HidBootInterface, HidCollection, HidField, HidFieldFlags, HidInfo, HidProtocol, HidRawReport, HidReport,
    HidReportKind, HidUsageRange, HidValue,
};
pub(crate) use hid_answer::{FieldForm, require_description, require_report};
pub(crate) use open_once::open_once;
#[cfg(feature = "streams")]
pub use readings::Readings;
pub use sensor::Sensor;
pub use serial_port::{ControlSignals, LineSettings, LineState, Parity, SerialPort, SerialPortInfo, StopBits};
pub(crate) use serial_port::{require_at_most, require_line};
#[cfg(feature = "streams")]
pub use streaming_sensor::StreamingSensor;
pub use text_display::{
    CustomCharacters, TextDisplay, TextDisplayCapabilities, TextDisplayInfo, TextDisplaySize, custom_character,
};
pub(crate) use text_display::{require_capabilities, require_size};
pub use usb_echo::{UsbEcho, UsbEchoInfo, UsbEchoPipe};
pub(crate) use usb_echo::{require_all_back, require_pipes};
pub(crate) use wait::{Wait, longest_wait};
