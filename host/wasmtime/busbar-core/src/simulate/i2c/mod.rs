//! The I2C buses of a board's `simulate` list.

mod bus;
mod faults;
mod target;

pub(super) use bus::{Seat, SimulatedBus};
pub(super) use target::{Direction, Target};
