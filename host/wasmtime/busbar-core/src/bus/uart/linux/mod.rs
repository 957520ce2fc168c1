//! Serial ports on Linux: the backend, and what `busbar doctor` needs to know.
#![deny(unsafe_code)]

mod backend;
mod constants;
mod counters;
mod diagnose;
mod errno;
mod ioctl;
mod marks;
mod ports;
mod remedies;
mod system;
mod termios;
#[cfg(test)]
mod tests;
mod tty;
mod watch;

pub use backend::LinuxUart;
pub use diagnose::{diagnose_linux_uart, diagnose_uart_port};
pub use ports::uart_path;
