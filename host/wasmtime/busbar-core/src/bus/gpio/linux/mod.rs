//! GPIO on Linux, through version 2 of its character device (Linux 5.10 and later).
#![deny(unsafe_code)]

mod backend;
mod chips;
mod constants;
mod edge_task;
mod errno;
mod ioctl;
mod line;
mod structures;
mod system;
#[cfg(test)]
mod tests;

pub use backend::LinuxGpio;
pub use chips::has_gpio_chip;
