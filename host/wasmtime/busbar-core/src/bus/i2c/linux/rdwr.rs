use super::bus_file::BusFile;
use super::check::{check_transaction, refusal};
use super::constants::{I2C_RDWR_IOCTL_MAX_MSGS, I2C_RDWR_MAX_MESSAGE_LENGTH};
use super::errno::transaction_error;
use crate::bus::i2c::{I2cError, Operation};

/// A bus whose adapter has `I2C_FUNC_I2C`: a whole transaction, repeated starts included, is one `I2C_RDWR`, during which
/// the kernel keeps every other user off the bus. Nothing is allocated but the results.
pub(super) struct RdwrBus(pub(super) BusFile);

impl RdwrBus {
    pub(super) fn transaction(&self, address: u16, operations: &[Operation]) -> Result<Vec<Vec<u8>>, I2cError> {
        let BusFile { path, device, .. } = &self.0;
        check_transaction(path, address, operations)?;
        check_limits(path, address, operations)?;
        self.0.claim(address)?;
        let mut results: Vec<Vec<u8>> = operations
            .iter()
            .filter_map(|operation| match operation {
                Operation::Read(length) => Some(vec![0; *length]),
                Operation::Write(_) => None,
            })
            .collect();
        let transferred =
            device.rdwr(address, operations, &mut results).map_err(|errno| transaction_error(errno, path, address))?;
        // i2c_transfer() may report fewer messages than it was given. Their bytes cannot be trusted.
        if transferred != operations.len() {
            let reason = format!("only {transferred} of {} operations were carried out", operations.len());
            return Err(refusal(path, address, &reason));
        }
        Ok(results)
    }
}

/// The limits of i2c-dev itself, where the kernel would only say EINVAL.
fn check_limits(path: &str, address: u16, operations: &[Operation]) -> Result<(), I2cError> {
    if operations.len() > I2C_RDWR_IOCTL_MAX_MSGS {
        let count = operations.len();
        let reason = format!("Linux takes {I2C_RDWR_IOCTL_MAX_MSGS} operations a transaction at most, not {count}");
        return Err(refusal(path, address, &reason));
    }
    let longest = operations.iter().map(Operation::length).find(|length| *length > I2C_RDWR_MAX_MESSAGE_LENGTH);
    match longest {
        None => Ok(()),
        Some(length) => {
            let reason = format!("Linux takes {I2C_RDWR_MAX_MESSAGE_LENGTH} bytes an operation at most, not {length}");
            Err(refusal(path, address, &reason))
        }
    }
}
