//! SPI on Linux: the backend, and what `busbar doctor` needs to know.
#![deny(unsafe_code)]

mod backend;
mod device_file;
mod diagnose;
mod errno;
mod ioctl;
mod message;
mod remedies;
mod sysfs;
mod system;
#[cfg(test)]
mod tests;

pub use backend::LinuxSpi;
pub use diagnose::{diagnose_linux_spi, diagnose_spi_device};
pub use sysfs::{SpiPlace, has_spi_controller};
