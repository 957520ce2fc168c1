//! The buses and targets of a board's `simulate` list, as tools/sim has them for the host for Node: one table of
//! transactions and refusals, host/verdicts/registers.json, holds for both.

mod faults;
mod gpio;
mod i2c;
mod parameters;
mod registers;
mod simulator;
mod spi;
#[cfg(test)]
mod test_time;
mod uart;

pub use simulator::{OWN_MODEL, Simulator, nothing_on_line, simulate};
