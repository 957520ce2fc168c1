//! USB on devices in memory, which tests/support/echo_device.rs makes.

mod descriptors;
#[path = "../../../tests/support/echo_device.rs"]
// Devices of other kinds are described by the tests of drivers.
#[allow(dead_code)]
pub(crate) mod echo_device;
mod hub;
mod session;
pub(crate) mod support;
