use super::ioctl::{DeviceFile, SmbusBytes};
use crate::bus::i2c::Operation;
use crate::bus::linux::{Errno, SystemFiles, ThisMachine};
use crate::locks::DeviceLocks;

/// Everything that the Linux backend takes from its surroundings beside files; a test gives its own.
pub(super) trait LinuxSystem: SystemFiles {
    /// Opens `/dev/i2c-N`. No bus traffic.
    fn open(&self, path: &str) -> Result<Box<dyn I2cDevice>, Errno>;
    /// Milliseconds on a clock that never goes back.
    fn now_ms(&self) -> u64;
    /// What keeps other processes from a target.
    fn locks(&self) -> &DeviceLocks;
}

/// The system calls behind an opened `/dev/i2c-N`, and nothing above them. Everything else in this folder reaches the
/// kernel through this, so tests put a model of i2c-dev in its place. Dropping it closes the file.
pub(super) trait I2cDevice: Send {
    /// `I2C_SLAVE`: the address of later `smbus` calls. EBUSY when a kernel driver is bound to it.
    fn slave(&self, address: u16) -> Result<(), Errno>;
    /// `I2C_FUNCS`: the adapter's `I2C_FUNC_...` bits. No bus traffic.
    fn funcs(&self) -> Result<u32, Errno>;
    /// `I2C_RDWR`: one transaction. Each read fills the whole of the next of `results`. Gives how many operations were
    /// carried out.
    fn rdwr(&self, address: u16, operations: &[Operation], results: &mut [Vec<u8>]) -> Result<usize, Errno>;
    /// `I2C_SMBUS`: one SMBus operation with the address of `slave`.
    fn smbus(&self, call: SmbusCall, bytes: &mut SmbusBytes) -> Result<(), Errno>;
}

/// Which SMBus operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SmbusCall {
    /// `I2C_SMBUS_READ` or `I2C_SMBUS_WRITE`.
    pub(super) read_write: u8,
    /// The command byte; unused by some operations.
    pub(super) command: u8,
    /// `I2C_SMBUS_QUICK`, `I2C_SMBUS_BYTE`, ...
    pub(super) size: u32,
}

impl LinuxSystem for ThisMachine {
    fn open(&self, path: &str) -> Result<Box<dyn I2cDevice>, Errno> {
        Ok(Box::new(DeviceFile::open(path)?))
    }

    fn now_ms(&self) -> u64 {
        self.elapsed_ms()
    }

    fn locks(&self) -> &DeviceLocks {
        DeviceLocks::of_this_process()
    }
}
