use super::counters::LineCounters;
use super::ioctl::{TtyFile, may_use};
use super::termios::Termios;
use crate::bus::linux::{Errno, SystemFiles, ThisMachine};
use crate::bus::uart::Later;
use crate::locks::DeviceLocks;
use crate::wait::sleep;
use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::time::Duration;

/// A device file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DeviceNumber {
    pub(super) major: u32,
    pub(super) minor: u32,
}

/// What a tty keeps of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Queue {
    /// What has come.
    Input,
    /// What was written.
    Output,
}

/// Everything that the backend of serial ports takes from its surroundings beside files; a test gives its own.
pub(super) trait UartSystem: SystemFiles {
    /// The numbers of the character device at the end of a path, links followed; `None` where it is none.
    fn device_number(&self, path: &str) -> Option<DeviceNumber>;

    /// Whether this process may open the device file for reading and writing; it is not opened, which would raise the signals of a port.
    fn permits(&self, path: &str) -> bool;

    /// Opens a tty, which becomes nobody's terminal, and never waits.
    fn open(&self, path: &str) -> Result<Box<dyn UartDev>, Errno>;

    /// What keeps other processes from a device.
    fn locks(&self) -> &DeviceLocks;

    /// Waits.
    fn pause(&self, duration: Duration) -> Later<'_, ()>;
}

/// The system calls behind an opened tty, and nothing above them. Dropping it closes the file.
pub(super) trait UartDev: Send + Sync {
    /// `flock(LOCK_EX | LOCK_NB)` on the tty itself: false where another program has that.
    fn lock(&self) -> bool;

    /// `TIOCEXCL` or `TIOCNXCL`: whether others can open it too.
    fn set_exclusive(&self, is_exclusive: bool) -> Result<(), Errno>;

    /// `TCGETS2`. ENOTTY where the file is no tty.
    fn termios(&self) -> Result<Termios, Errno>;

    /// `TCSETS2`.
    fn set_termios(&self, termios: &Termios) -> Result<(), Errno>;

    /// `read(2)`. EAGAIN where there is nothing; 0 where the tty has hung up.
    fn read(&self, bytes: &mut [u8]) -> Result<usize, Errno>;

    /// `write(2)`. EAGAIN where nothing fits.
    fn write(&self, bytes: &[u8]) -> Result<usize, Errno>;

    /// `TCFLSH`: forgets what a queue has.
    fn discard(&self, queue: Queue) -> Result<(), Errno>;

    /// `TIOCOUTQ`: how many bytes were written and have not left the kernel.
    fn unsent(&self) -> Result<usize, Errno>;

    /// `TIOCSERGETLSR`: whether the last bit has left the chip; `None` where its driver does not tell.
    fn is_empty(&self) -> Option<bool>;

    /// `TIOCGICOUNT`: `None` where its driver does not count.
    fn counters(&self) -> Option<LineCounters>;

    /// Waits until there may be something to be read, or the tty has hung up.
    fn readable(&self) -> Later<'_, Result<(), Errno>>;
}

impl UartSystem for ThisMachine {
    fn device_number(&self, path: &str) -> Option<DeviceNumber> {
        let metadata = fs::metadata(path).ok().filter(|metadata| metadata.file_type().is_char_device())?;
        let number = metadata.rdev();
        Some(DeviceNumber { major: libc::major(number), minor: libc::minor(number) })
    }

    fn permits(&self, path: &str) -> bool {
        may_use(path)
    }

    fn open(&self, path: &str) -> Result<Box<dyn UartDev>, Errno> {
        Ok(Box::new(TtyFile::open(path)?))
    }

    fn locks(&self) -> &DeviceLocks {
        DeviceLocks::of_this_process()
    }

    fn pause(&self, duration: Duration) -> Later<'_, ()> {
        Box::pin(sleep(duration))
    }
}
