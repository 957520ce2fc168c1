//! USB on devices in memory, which tests/support/echo_device.rs makes.

mod descriptors;
#[path = "../../../../tests/support/echo_device.rs"]
// Devices of other kinds are described by the tests of drivers.
#[allow(dead_code)]
pub(crate) mod echo_device;
#[path = "../../../../tests/support/fuzz.rs"]
#[allow(dead_code)]
mod fuzz;
mod hub;
#[path = "../../../../tests/support/random.rs"]
#[allow(dead_code)]
mod random;
mod session;
#[path = "../../../../tests/support/usb_session.rs"]
pub(crate) mod support;
