use super::{Operation, SpiDevice, SpiError, SpiGrant, describe_operations, judge_spi, spi_place};
use crate::bus::{BusAccess, Later, at_once};
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
        match self.granted_spi(operations)? {
            Some(device) => device.transaction(operations),
            None => Ok(Vec::new()),
        }
    }

    /// [`Self::spi`], of a device that may be behind a bridge. It is judged at once.
    pub fn spi_later(&mut self, operations: &[Operation]) -> Later<Result<Vec<Vec<u8>>, SpiError>> {
        match self.granted_spi(operations) {
            Ok(Some(device)) => device.transaction_later(operations),
            Ok(None) => at_once(Ok(Vec::new())),
            Err(error) => at_once(Err(error)),
        }
    }

    /// The device that a granted transaction is for; none where there is nothing to do.
    fn granted_spi(&mut self, operations: &[Operation]) -> Result<Option<&mut dyn SpiDevice>, SpiError> {
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
            return Ok(None);
        }
        match &mut self.buses.spi {
            Some(device) => Ok(Some(device.as_mut())),
            None => Err(SpiError::other("the device is closed")),
        }
    }
}

/// What was asked for, as the audit has it.
fn call_of(grant: &SpiGrant, operations: &[Operation]) -> String {
    format!("spi transaction on {}: {}", spi_place(grant), describe_operations(operations))
}
