//! Bridges: drivers that export a bus, and what is behind them.

mod adapter;
#[path = "../../../busbar-core/tests/support/echo_device.rs"]
#[allow(dead_code)]
mod echo_device;
mod edits;
#[path = "../support/encode.rs"]
#[allow(dead_code)]
mod encode;
mod fixture;
mod gpio;
#[path = "../support/gpio_talker.rs"]
mod gpio_talker;
mod guests;
mod i2c;
mod order;
#[path = "../../../busbar-core/tests/support/printed.rs"]
#[allow(dead_code)]
mod printed;
mod spi;
#[path = "../support/spi_talker.rs"]
mod spi_talker;
mod through_two;
#[path = "../support/workspace.rs"]
#[allow(dead_code)]
mod workspace;
