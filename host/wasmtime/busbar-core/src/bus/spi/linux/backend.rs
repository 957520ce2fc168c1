use super::device_file::SpiDeviceFile;
use super::errno::transaction_error;
use super::remedies::no_spidev;
use super::sysfs::{SpiPlace, has_controller};
use super::system::SpiSystem;
use crate::bus::BusName;
use crate::bus::linux::{Errno, ThisMachine};
use crate::bus::spi::{Operation, SpiBackend, SpiDevice, SpiError, SpiGrant};
use crate::error::HostError;
use crate::locks::{DeviceLock, LockUse};
use std::sync::Arc;

/// The SPI devices of Linux: `/dev/spidevB.C` for chip select C of the bus B.
///
/// A transaction is one `SPI_IOC_MESSAGE`: chip select stays asserted throughout, and the kernel keeps every other user off the bus. A
/// device that another process of busbar uses is refused, naming it, because the kernel lets any number of programs open it.
///
/// A device is let go of when a transaction fails, and opened again by the next: its adapter may have been pulled out and put back.
#[derive(Clone)]
pub struct LinuxSpi {
    system: Arc<dyn SpiSystem>,
    /// The path of the board file.
    board: Option<String>,
}

impl LinuxSpi {
    /// The devices of this machine. `board` is the path of the board file.
    pub fn new(board: Option<String>) -> Self {
        Self::of(Arc::new(ThisMachine::new()), board)
    }

    /// Of another machine than this one: a test's.
    pub(super) fn of(system: Arc<dyn SpiSystem>, board: Option<String>) -> Self {
        Self { system, board }
    }

    /// Keeps others from a device, where it is wired to two entries, or to another board.
    fn take(&self, place: SpiPlace, device: &str) -> Result<DeviceLock, HostError> {
        let usage = LockUse { device: Some(device.to_owned()), board: self.board.clone() };
        let name = format!("spi-{}.{}", place.bus, place.chip_select);
        self.system.locks().take(&name, &usage).map_err(|holder| {
            HostError::backend(format!("{device}: {} is used by {holder}; end that first.", place.path()))
        })
    }
}

impl SpiBackend for LinuxSpi {
    fn name(&self) -> &str {
        "Linux spidev"
    }

    fn open(&self, device: &str, wiring: &SpiGrant) -> Result<Option<Box<dyn SpiDevice>>, HostError> {
        // Linux has no other names for controllers.
        let BusName::Number(bus) = wiring.bus else { return Ok(None) };
        let place = SpiPlace { bus, chip_select: wiring.chip_select };
        if self.system.status(&place.path()).is_none() {
            if !has_controller(bus, self.system.as_ref()) {
                return Ok(None);
            }
            return Err(no_spidev(place, self.system.as_ref()).into_error());
        }
        let lock = self.take(place, device)?;
        let file = SpiDeviceFile::open(place, wiring, self.system.as_ref())?;
        let (system, wiring) = (self.system.clone(), wiring.clone());
        Ok(Some(Box::new(LinuxSpiDevice { place, wiring, system, file: Some(file), _lock: lock })))
    }
}

/// A device as one user has it, for as long as that uses it.
struct LinuxSpiDevice {
    place: SpiPlace,
    wiring: SpiGrant,
    system: Arc<dyn SpiSystem>,
    /// None once its adapter is gone, until that is back.
    file: Option<SpiDeviceFile>,
    _lock: DeviceLock,
}

impl LinuxSpiDevice {
    fn open_again(&self, path: &str) -> Result<SpiDeviceFile, SpiError> {
        if self.system.status(path).is_none() {
            return Err(transaction_error(Errno(libc::ENODEV), path));
        }
        let opened = SpiDeviceFile::open(self.place, &self.wiring, self.system.as_ref());
        opened.map_err(|error| SpiError::other(error.message))
    }
}

impl SpiDevice for LinuxSpiDevice {
    fn transaction(&mut self, operations: &[Operation]) -> Result<Vec<Vec<u8>>, SpiError> {
        let path = self.place.path();
        let file = match self.file.take() {
            Some(file) => file,
            None => self.open_again(&path)?,
        };
        let done = file.transaction(operations);
        // Where it failed, it may have been pulled out, and even be back as another device: the open file would only fail from now on.
        if done.is_ok() {
            self.file = Some(file);
        }
        done
    }
}
