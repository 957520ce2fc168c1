use super::errno::transaction_error;
use super::ioctl::{SPI_CPHA, SPI_CPOL, SPI_LSB_FIRST};
use super::message::{SpiTransfer, transfers_of};
use super::remedies::open_error;
use super::sysfs::SpiPlace;
use super::system::{SpiDev, SpiSystem};
use crate::bus::linux::Errno;
use crate::bus::spi::{BitOrder, MAXIMUM_SPI_OPERATIONS, Operation, SpiError, SpiGrant};
use crate::error::HostError;

/// The longest transaction, in milliseconds, at the clock of its wiring: the bus is held for it, and this thread waits.
const LONGEST_TRANSACTION_MS: f64 = 1000.0;

/// An opened `/dev/spidevB.C`, set to how it is wired. Dropping it closes the file.
pub(super) struct SpiDeviceFile {
    path: String,
    device: Box<dyn SpiDev>,
    hz: u32,
}

impl SpiDeviceFile {
    /// Opens a device and sets how it is spoken to. No bus traffic. The error says where it cannot be opened, or what its controller
    /// cannot do.
    pub(super) fn open(place: SpiPlace, wiring: &SpiGrant, system: &dyn SpiSystem) -> Result<Self, HostError> {
        let path = place.path();
        let device = system.open(&path).map_err(|errno| open_error(errno, place, system))?;
        set_mode(device.as_ref(), &path, wiring)?;
        Ok(Self { path, device, hz: wiring.maximum_hz })
    }

    pub(super) fn transaction(&self, operations: &[Operation]) -> Result<Vec<Vec<u8>>, SpiError> {
        let Self { path, device, hz } = self;
        let mut transfers = transfers_of(operations);
        if transfers.len() > MAXIMUM_SPI_OPERATIONS {
            let sentence = format!("{path}: Linux takes {MAXIMUM_SPI_OPERATIONS} operations a transaction at most");
            return Err(SpiError::other(sentence));
        }
        let bytes: usize = transfers.iter().map(SpiTransfer::length).sum();
        let transfer_ms = bytes as f64 * 8.0 * 1000.0 / f64::from(*hz);
        if transfer_ms > LONGEST_TRANSACTION_MS {
            return Err(SpiError::other(format!(
                "{path}: {bytes} bytes take {} ms at {hz} Hz, and {LONGEST_TRANSACTION_MS} ms is the most of one \
                 transaction; use fewer bytes, or a faster clock",
                // Half up, as on the other host.
                transfer_ms.round()
            )));
        }
        let transferred = device.message(&mut transfers, *hz).map_err(|errno| transaction_error(errno, path))?;
        // The bytes of a message that was cut short cannot be trusted.
        if transferred != bytes {
            return Err(SpiError::other(format!("{path}: only {transferred} of {bytes} bytes were transferred")));
        }
        Ok(transfers.into_iter().filter_map(|transfer| transfer.received).collect())
    }
}

/// Sets mode and bit order, and reads them back. Other bits stay: chip select's polarity, say, is how the board is made.
fn set_mode(device: &dyn SpiDev, path: &str, wiring: &SpiGrant) -> Result<(), HostError> {
    const CHANGED: u32 = SPI_CPHA | SPI_CPOL | SPI_LSB_FIRST;
    let mode = wiring.mode;
    let failed = |errno: Errno| {
        HostError::backend(format!("{path} is not a usable SPI device: setting SPI mode {mode} failed with {errno}."))
    };
    let cannot = |what: &str| {
        HostError::backend(format!(
            "The controller of {path} cannot do {what}; correct \"mode\" and \"bitOrder\" of the board file, or use another controller."
        ))
    };
    let set = |bits: u32, what: &str| {
        device.set_mode(bits).map_err(|errno| if errno.0 == libc::EINVAL { cannot(what) } else { failed(errno) })?;
        let is_set = device.mode().map_err(failed)? & CHANGED == bits & CHANGED;
        if is_set { Ok(()) } else { Err(cannot(what)) }
    };
    let others = device.mode().map_err(failed)? & !CHANGED;
    let clock = if mode & 1 != 0 { SPI_CPHA } else { 0 } | if mode & 2 != 0 { SPI_CPOL } else { 0 };
    // One after the other, so that it is known what the controller does not have.
    set(others | clock, &format!("SPI mode {mode}"))?;
    match wiring.bit_order {
        BitOrder::MsbFirst => Ok(()),
        BitOrder::LsbFirst => set(others | clock | SPI_LSB_FIRST, "the least significant bit first"),
    }
}
