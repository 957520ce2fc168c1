//! What the host needs from a platform to reach SPI: Linux and the simulator each implement these two traits.

mod access;
mod bus_name;
mod error;
mod grant;
mod judge;
#[cfg(feature = "std")]
pub mod linux;
#[cfg(feature = "std")]
mod offers;
#[cfg(feature = "std")]
mod open;
mod place;
#[cfg(feature = "std")]
mod shared_devices;
#[cfg(feature = "std")]
mod trial_device;

pub use bus_name::spi_bus_name;
pub use error::{SpiError, SpiErrorCode};
pub use grant::{BitOrder, LONGEST_SPI_LENGTH, SpiGrant};
pub use judge::{MAXIMUM_SPI_DELAY_NS, MAXIMUM_SPI_OPERATIONS, MAXIMUM_SPI_TRANSACTION_BYTES, SpiDenial, judge_spi};
#[cfg(feature = "std")]
pub(crate) use offers::{GRANT_LINE, offers};
#[cfg(feature = "std")]
pub use open::{open_own_spi, open_spi};
pub(crate) use place::spi_place;
#[cfg(feature = "std")]
pub(crate) use shared_devices::refuse_shared_devices;
#[cfg(feature = "std")]
pub(crate) use trial_device::trial_device;

use super::{Later, at_once};
use crate::error::HostError;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// One step of a transaction. A read's length and the bytes of the others are at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// Read so many bytes; what is sent meanwhile has no meaning.
    Read(usize),
    /// Write these bytes; what is received meanwhile is dropped.
    Write(Vec<u8>),
    /// As many bytes are received as are sent, at the same time.
    Transfer(Vec<u8>),
    /// At least so many nanoseconds pass, with chip select asserted.
    Delay(u32),
}

impl Operation {
    /// How many bytes it moves in each direction that it has; 0 for a delay.
    pub fn length(&self) -> usize {
        match self {
            Self::Read(length) => *length,
            Self::Write(data) | Self::Transfer(data) => data.len(),
            Self::Delay(_) => 0,
        }
    }

    /// Whether what it receives is given to the driver.
    pub(crate) fn reads(&self) -> bool {
        matches!(self, Self::Read(_) | Self::Transfer(_))
    }

    /// Whether what it sends is the driver's.
    pub(crate) fn writes(&self) -> bool {
        matches!(self, Self::Write(_) | Self::Transfer(_))
    }

    /// How many bytes it receives.
    pub fn received(&self) -> Option<usize> {
        self.reads().then(|| self.length())
    }

    /// What people call it.
    fn kind(&self) -> &'static str {
        match self {
            Self::Read(_) => "read",
            Self::Write(_) => "write",
            Self::Transfer(_) => "transfer",
            Self::Delay(_) => "delay",
        }
    }
}

/// One opened device on an SPI bus. Dropping it releases the device.
pub trait SpiDevice: Send {
    /// Runs `operations` as one transaction: chip select is asserted before the first and released after the last, and stays asserted
    /// between them. It is never split into several, and never interleaved with another transaction on the same bus.
    ///
    /// Gives one list for each read and each transfer, in order, each exactly as long as was asked for.
    fn transaction(&mut self, operations: &[Operation]) -> Result<Vec<Vec<u8>>, SpiError>;

    /// [`Self::transaction`], of any device: one behind a bridge answers no other way. What is begun is done, also where nobody waits for it
    /// any more; what has not had its turn by then is not.
    fn transaction_later(&mut self, operations: &[Operation]) -> Later<Result<Vec<Vec<u8>>, SpiError>> {
        at_once(self.transaction(operations))
    }
}

/// A source of SPI devices.
pub trait SpiBackend: Send + Sync {
    /// Shown to people: "Linux spidev", "simulator".
    fn name(&self) -> &str;

    /// Opens a device; `None` where this backend has no bus of that name, so that the next backend is asked. `device` is its name in the
    /// board file.
    ///
    /// A bus that exists but whose device cannot be used is an error: nothing on that chip select, no permission, a controller that
    /// cannot do what the wiring asks for, or a device that is used by somebody else, naming that.
    fn open(&self, device: &str, wiring: &SpiGrant) -> Result<Option<Box<dyn SpiDevice>>, HostError>;
}

/// More operations of one transaction are only counted: 511 of them would be a page.
const MOST_DESCRIBED: usize = 16;

/// The operations of a transaction as people write them: "write 1, read 8, delay 500 ns"; "and 4 more" stands for what is too long.
pub fn describe_operations(operations: &[Operation]) -> String {
    let describe = |operation: &Operation| match operation {
        Operation::Delay(nanoseconds) => format!("delay {nanoseconds} ns"),
        _ => format!("{} {}", operation.kind(), operation.length()),
    };
    let mut described: Vec<String> = operations.iter().take(MOST_DESCRIBED).map(describe).collect();
    if operations.len() > MOST_DESCRIBED {
        described.push(format!("and {} more", operations.len() - MOST_DESCRIBED));
    }
    described.join(", ")
}

#[cfg(test)]
mod tests {
    use super::{Operation, describe_operations};

    #[test]
    fn a_transaction_is_described_up_to_its_sixteenth_operation() {
        let few =
            [Operation::Write(vec![1]), Operation::Read(8), Operation::Delay(500), Operation::Transfer(vec![0; 3])];
        assert_eq!(describe_operations(&few), "write 1, read 8, delay 500 ns, transfer 3");
        let many = vec![Operation::Read(1); 18];
        assert_eq!(describe_operations(&many), format!("{}, and 2 more", ["read 1"; 16].join(", ")));
        assert_eq!(describe_operations(&many[..16]), ["read 1"; 16].join(", "));
    }
}
