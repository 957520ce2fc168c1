use super::ioctl::DeviceFile;
use super::message::SpiTransfer;
use crate::bus::linux::{Errno, SystemFiles, ThisMachine};
use crate::locks::DeviceLocks;

/// Everything that the SPI backend takes from its surroundings beside files; a test gives its own.
pub(super) trait SpiSystem: SystemFiles {
    /// Opens `/dev/spidevB.C`. No bus traffic.
    fn open(&self, path: &str) -> Result<Box<dyn SpiDev>, Errno>;
    /// What keeps other processes from a device.
    fn locks(&self) -> &DeviceLocks;
}

/// The system calls behind an opened `/dev/spidevB.C`, and nothing above them. Dropping it closes the file.
pub(super) trait SpiDev: Send {
    /// `SPI_IOC_RD_MODE32`: the device's mode bits, `SPI_...` of linux/spi/spi.h. No bus traffic.
    fn mode(&self) -> Result<u32, Errno>;
    /// `SPI_IOC_WR_MODE32`: all mode bits anew. EINVAL when the controller lacks one. No bus traffic.
    fn set_mode(&self, mode: u32) -> Result<(), Errno>;
    /// `SPI_IOC_MESSAGE`: all transfers, with chip select asserted, at this clock at most. Gives how many bytes were transferred.
    fn message(&self, transfers: &mut [SpiTransfer<'_>], hz: u32) -> Result<usize, Errno>;
}

impl SpiSystem for ThisMachine {
    fn open(&self, path: &str) -> Result<Box<dyn SpiDev>, Errno> {
        Ok(Box::new(DeviceFile::open(path)?))
    }

    fn locks(&self) -> &DeviceLocks {
        DeviceLocks::of_this_process()
    }
}
