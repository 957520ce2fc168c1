//! The kinds of devices as programs see them.

mod answered;
mod block_device;
mod callable_component;
mod camera;
mod component_types;
mod contact;
mod gpio_controller;
mod hid;
mod i2c_controller;
mod open_once;
mod opened;
#[cfg(feature = "streams")]
mod readings;
mod sensor;
mod serial_port;
mod spi_controller;
#[cfg(feature = "streams")]
mod streaming_sensor;
mod switch;
mod text_display;
mod usb_echo;

pub(crate) use answered::answered;
pub use block_device::{BlockDevice, BlockDeviceInfo};
pub use busbar_core::callable::{Argument, CallableFunction, CallsFunctions};
pub use busbar_core::device::{
    BusFaultKind, Channel, ContactChange, ContactChanges, DeviceError, DeviceErrorCode, LastReading, LastReadings,
    OpenedContact, OpenedSensor, OpenedSwitch, OpensSensors, Quantity, SensorInfo, bus_fault_name, bus_fault_named,
};
pub use busbar_core::failure::{CallFailure, ReturnedError};
pub use callable_component::CallableComponent;
pub use camera::{Camera, CameraEncoding, CameraFrame, CameraInfo, CameraMode};
pub use contact::{Contact, ContactInfo};
pub(crate) use gpio_controller::{ControllerLineUse, GpioController};
pub use hid::{
    Hid, HidBootInterface, HidCollection, HidField, HidFieldFlags, HidInfo, HidProtocol, HidRawReport, HidReport,
    HidReportKind, HidUsageRange, HidValue,
};
pub(crate) use i2c_controller::I2cController;
pub(crate) use open_once::open_once;
#[cfg(feature = "streams")]
pub use readings::Readings;
pub use sensor::Sensor;
pub use serial_port::{ControlSignals, LineSettings, LineState, Parity, SerialPort, SerialPortInfo, StopBits};
pub(crate) use spi_controller::SpiController;
#[cfg(feature = "streams")]
pub use streaming_sensor::StreamingSensor;
pub use switch::{Switch, SwitchInfo};
pub use text_display::{
    CustomCharacters, TextDisplay, TextDisplayCapabilities, TextDisplayInfo, TextDisplaySize, custom_character,
};
pub use usb_echo::{UsbEcho, UsbEchoInfo, UsbEchoPipe};
