use super::errno::Errno;
use super::ioctl::{DeviceFile, SmbusBytes};
use crate::bus::i2c::Operation;
use crate::device_file::may_open;
use crate::locks::DeviceLocks;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::time::Instant;

/// Who may do what with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileStatus {
    /// The permission bits, as in `chmod`.
    pub(super) mode: u32,
    /// The number of the file's group.
    pub(super) group: u32,
}

/// Everything that the Linux backend takes from its surroundings; a test gives its own. A missing or unreadable file is
/// `None`, never an error.
pub(super) trait LinuxSystem: Send + Sync {
    /// The names in a folder, in no order.
    fn list(&self, path: &str) -> Option<Vec<String>>;
    /// A text file, whole. For /sys, /proc and /etc: all of them short.
    fn read(&self, path: &str) -> Option<String>;
    /// Where a symbolic link points, as it is written there.
    fn link(&self, path: &str) -> Option<String>;
    /// Permissions of what is at the end of the path, links followed.
    fn status(&self, path: &str) -> Option<FileStatus>;
    /// Whether this process may open the device file for reading and writing.
    fn usable(&self, path: &str) -> bool;
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

/// The machine that runs us.
pub(super) struct ThisMachine {
    started: Instant,
}

impl ThisMachine {
    pub(super) fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl LinuxSystem for ThisMachine {
    fn list(&self, path: &str) -> Option<Vec<String>> {
        let entries = fs::read_dir(path).ok()?;
        Some(entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect())
    }

    fn read(&self, path: &str) -> Option<String> {
        Some(String::from_utf8_lossy(&fs::read(path).ok()?).into_owned())
    }

    fn link(&self, path: &str) -> Option<String> {
        fs::read_link(path).ok()?.into_os_string().into_string().ok()
    }

    fn status(&self, path: &str) -> Option<FileStatus> {
        let metadata = fs::metadata(path).ok()?;
        Some(FileStatus { mode: metadata.mode() & 0o7777, group: metadata.gid() })
    }

    fn usable(&self, path: &str) -> bool {
        may_open(path)
    }

    fn open(&self, path: &str) -> Result<Box<dyn I2cDevice>, Errno> {
        Ok(Box::new(DeviceFile::open(path)?))
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn locks(&self) -> &DeviceLocks {
        DeviceLocks::of_this_process()
    }
}
