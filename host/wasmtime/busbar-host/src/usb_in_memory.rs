//! For tests: USB devices in memory, and what the calls of a driver on them work with.

#[path = "../../busbar-core/tests/support/echo_device.rs"]
// Devices of other kinds are described by the tests of drivers.
#[allow(dead_code)]
pub mod echo_device;
#[path = "../../busbar-core/tests/support/usb_session.rs"]
#[allow(dead_code)]
pub mod session;
