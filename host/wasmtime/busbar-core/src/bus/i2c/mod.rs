//! What the host needs from a platform to reach I2C: Linux and the simulator each implement these two traits.

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
mod shared_targets;
#[cfg(feature = "std")]
mod trial_bus;

pub use bus_name::i2c_bus_name;
pub use error::{I2cError, I2cErrorCode, NoAcknowledge};
pub use grant::{I2cGrant, LONGEST_I2C_LENGTH};
pub use judge::{I2cCall, I2cDenial, MAXIMUM_OPERATIONS, MAXIMUM_TRANSACTION_BYTES, judge_i2c};
#[cfg(feature = "std")]
pub(crate) use offers::{GRANT_LINE, offers};
#[cfg(feature = "std")]
pub(crate) use shared_targets::refuse_shared_targets;
#[cfg(feature = "std")]
pub(crate) use trial_bus::trial_bus;

use super::{BusName, Later, at_once};
use crate::error::HostError;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// One step of a transaction. A read's length and a write's data are at least one byte long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// Read so many bytes.
    Read(usize),
    /// Write these bytes.
    Write(Vec<u8>),
}

impl Operation {
    /// In bytes.
    pub fn length(&self) -> usize {
        match self {
            Self::Read(length) => *length,
            Self::Write(data) => data.len(),
        }
    }
}

/// One opened I2C controller. Dropping it releases the controller.
pub trait I2cBus: Send {
    /// Runs `operations` against the 7-bit `address` as one transaction: a start, a repeated start between operations, one
    /// stop. It is never split into several, and never interleaved with another transaction on the same bus.
    ///
    /// Gives one list for each read, in order, each exactly as long as was asked for.
    fn transaction(&mut self, address: u16, operations: &[Operation]) -> Result<Vec<Vec<u8>>, I2cError>;

    /// [`Self::transaction`], of any bus: one behind a bridge answers no other way. What is begun is done, also where nobody waits for it
    /// any more; what has not had its turn by then is not.
    fn transaction_later(&mut self, address: u16, operations: &[Operation]) -> Later<Result<Vec<Vec<u8>>, I2cError>> {
        at_once(self.transaction(address, operations))
    }
}

/// A source of I2C buses.
pub trait I2cBackend: Send + Sync {
    /// Shown to people: "Linux i2c-dev", "simulator".
    fn name(&self) -> &str;

    /// Opens a bus; `None` where this backend has none of that name, so that the next backend is asked.
    ///
    /// A bus that exists but cannot be used is an error: no permission, a missing module, or a target that is used by
    /// somebody else, naming that.
    fn open(&self, bus: &BusName, user: &I2cUser<'_>) -> Result<Option<Box<dyn I2cBus>>, HostError>;
}

/// What a bus is opened for.
#[derive(Debug, Clone, Copy)]
pub struct I2cUser<'a> {
    /// The device's name in the board file.
    pub device: &'a str,
    /// The 7-bit addresses of the targets: one, or all of a part that has several. A backend may lock them, so that two
    /// processes do not use one.
    pub addresses: &'a [u16],
}

/// Opens the bus of a device's grant: that of the first of the backends that has it.
///
/// # Errors
///
/// When none has it, or it cannot be used.
pub fn open_bus(
    device: &str,
    I2cGrant { bus, addresses, .. }: &I2cGrant,
    backends: &[Arc<dyn I2cBackend>],
) -> Result<Box<dyn I2cBus>, HostError> {
    for backend in backends {
        if let Some(opened) = backend.open(bus, &I2cUser { device, addresses })? {
            return Ok(opened);
        }
    }
    let tried = backends.iter().map(|backend| backend.name()).collect::<Vec<_>>().join(" and ");
    let tried = if tried.is_empty() { "no I2C backend" } else { &tried };
    let bus = bus.shown();
    Err(HostError::backend(format!(
        "{device}: there is no I2C bus {bus} (asked {tried}); list the buses with \"busbar scan\", or simulate it."
    )))
}

/// The operations of a transaction as people write them: "write 1, read 8".
pub fn describe_operations(operations: &[Operation]) -> String {
    let describe = |operation: &Operation| match operation {
        Operation::Read(length) => format!("read {length}"),
        Operation::Write(data) => format!("write {}", data.len()),
    };
    operations.iter().map(describe).collect::<Vec<_>>().join(", ")
}
