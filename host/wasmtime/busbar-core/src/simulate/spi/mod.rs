//! The SPI buses of a board's `simulate` list.

mod bus;
mod faults;
mod loopback;
mod registers;
mod target;

pub(super) use bus::{Seat, SimulatedSpiBus};
pub(super) use loopback::loopback;
pub(super) use registers::RegistersOverSpi;
