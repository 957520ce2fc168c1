use super::{Operation, SpiError, SpiGrant, describe_operations, judge_spi, spi_place};
use crate::bus::BusAccess;
use crate::grants::Verdict;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

impl BusAccess<'_> {
    /// Runs operations as one SPI transaction, where they are granted. Gives one list for each read and each transfer.
    ///
    /// # Errors
    ///
    /// `other` for what is not granted, which the operator is told; what the device's bus answers.
    pub fn spi(&mut self, operations: &[Operation]) -> Result<Vec<Vec<u8>>, SpiError> {
        let Some(grant) = &self.entry.spi else {
            return Err(SpiError::other("no SPI device is granted"));
        };
        let call = || call_of(grant, operations);
        match judge_spi(Some(grant), operations, self.entry.enforce) {
            Verdict::Allowed => {}
            Verdict::WouldBeDenied(denied) => {
                self.trace.audit(self.device, call(), denied.what.name(), &denied.reason, false);
            }
            Verdict::Denied(denied) => {
                self.trace.audit(self.device, call(), denied.what.name(), &denied.reason, true);
                return Err(SpiError::other(denied.reason));
            }
        }
        self.take(|recorder| recorder.spi(operations), call).map_err(SpiError::other)?;
        if operations.is_empty() {
            return Ok(Vec::new());
        }
        match &mut self.buses.spi {
            Some(device) => device.transaction(operations),
            None => Err(SpiError::other("the device is closed")),
        }
    }
}

/// What was asked for, as the audit has it.
fn call_of(grant: &SpiGrant, operations: &[Operation]) -> String {
    format!("spi transaction on {}: {}", spi_place(grant), describe_operations(operations))
}
