//! The serial ports of a board's `simulate` list.

mod faults;
mod handle;
mod line;
mod loopback;
mod port;
mod receiver;
#[cfg(test)]
mod tests;
mod watch;

pub(super) use faults::UART_KINDS;
pub(super) use handle::SimulatedUartPort;
pub(super) use loopback::uart_loopback;
pub(super) use port::SimulatedUart;
pub(super) use watch::{NothingComes, SimulatedUartWatch};
