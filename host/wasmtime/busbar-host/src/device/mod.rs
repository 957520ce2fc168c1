//! The kinds of devices as programs see them.

mod answer;
mod block_device;
mod camera;
mod error;
mod hid;
mod hid_answer;
mod opened;
mod sensor;
mod serial_port;
mod text_display;
mod usb_echo;
mod wait;

pub use block_device::{BlockDevice, BlockDeviceInfo};
pub use camera::{Camera, CameraEncoding, CameraFrame, CameraInfo, CameraMode};
pub use error::{BusFaultKind, DeviceError, DeviceErrorCode, bus_fault_name};
pub use hid::{
    Hid, HidBootInterface, HidCollection, HidField, HidFieldFlags, HidInfo, HidProtocol, HidRawReport, HidReport,
    HidReportKind, HidUsageRange, HidValue,
};
pub use sensor::{Channel, Quantity, Sensor, SensorInfo};
pub use serial_port::{ControlSignals, LineSettings, LineState, Parity, SerialPort, SerialPortInfo, StopBits};
pub use text_display::{
    CustomCharacters, TextDisplay, TextDisplayCapabilities, TextDisplayInfo, TextDisplaySize, custom_character,
};
pub use usb_echo::{UsbEcho, UsbEchoInfo, UsbEchoPipe};
