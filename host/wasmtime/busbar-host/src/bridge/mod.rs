//! Bridges of an open board: drivers that export a bus, and the buses of them that others are wired to.

mod bridged_bus;
mod bridged_gpio;
mod bridged_i2c;
mod bridged_spi;
mod bridges;
mod driver_bridge;

pub(crate) use bridges::Bridges;
pub(crate) use driver_bridge::DriverBridge;
