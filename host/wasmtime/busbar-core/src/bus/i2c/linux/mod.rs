//! I2C on Linux: the backend, the list of buses, the scan, and what `busbar doctor` needs to know.
#![deny(unsafe_code)]

mod backend;
mod bus_file;
mod check;
mod constants;
mod diagnose;
mod errno;
mod ioctl;
mod rdwr;
mod remedies;
mod scan;
mod smbus;
mod smbus_plan;
mod sysfs;
mod system;
#[cfg(test)]
mod tests;

pub use backend::{LinuxI2c, explain_missing_i2c_bus};
pub use bus_file::BusKind;
pub use diagnose::diagnose_linux_i2c;
pub use scan::{I2cAbility, I2cBusInfo, I2cScan, I2cScanState, has_i2c_bus, list_i2c_buses, scan_i2c};
pub use sysfs::Adapter;
