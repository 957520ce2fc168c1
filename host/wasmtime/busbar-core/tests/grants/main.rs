//! What the grants answer: host/verdicts, which all hosts answer alike, and what holds whatever is asked.

mod folder;
mod gpio;
mod i2c;
mod limits;
mod link;
mod properties;
mod spi;
mod support;
mod uart;
mod usb;
mod usb_devices;
mod uses;
