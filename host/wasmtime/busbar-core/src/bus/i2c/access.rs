use super::judge::{I2cCall, judge_i2c};
use super::{I2cBus, I2cError, I2cErrorCode, I2cGrant, Operation, describe_operations};
use crate::bus::{BusAccess, Later, at_once};
use crate::grants::Verdict;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

impl BusAccess<'_> {
    /// Runs operations as one I2C transaction, where they are granted.
    ///
    /// # Errors
    ///
    /// `other` for what is not granted, which the operator is told; what the bus answers.
    pub fn i2c(&mut self, address: u16, operations: &[Operation]) -> Result<Vec<Vec<u8>>, I2cError> {
        match self.granted_i2c(address, operations)? {
            Some(bus) => bus.transaction(address, operations),
            None => Ok(Vec::new()),
        }
    }

    /// [`Self::i2c`], of a bus that may be behind a bridge. It is judged at once.
    pub fn i2c_later(&mut self, address: u16, operations: &[Operation]) -> Later<Result<Vec<Vec<u8>>, I2cError>> {
        match self.granted_i2c(address, operations) {
            Ok(Some(bus)) => bus.transaction_later(address, operations),
            Ok(None) => at_once(Ok(Vec::new())),
            Err(error) => at_once(Err(error)),
        }
    }

    /// The bus that a granted transaction is for; none where there is nothing to do.
    fn granted_i2c(&mut self, address: u16, operations: &[Operation]) -> Result<Option<&mut dyn I2cBus>, I2cError> {
        let Some(grant) = &self.entry.i2c else {
            return Err(I2cError::new(I2cErrorCode::Other, "no bus is granted"));
        };
        let call = || call_of(grant, address, operations);
        match judge_i2c(Some(grant), &I2cCall { bus: &grant.bus, address, operations }, self.entry.enforce) {
            Verdict::Allowed => {}
            Verdict::WouldBeDenied(denied) => {
                self.trace.audit(self.device, call(), denied.what.name(), &denied.reason, false);
            }
            Verdict::Denied(denied) => {
                self.trace.audit(self.device, call(), denied.what.name(), &denied.reason, true);
                // wasi:i2c has no case for a refusal.
                return Err(I2cError::new(I2cErrorCode::Other, denied.reason));
            }
        }
        let taken = self.take(|recorder| recorder.i2c(operations), call);
        taken.map_err(|reason| I2cError::new(I2cErrorCode::Other, reason))?;
        if operations.is_empty() {
            return Ok(None);
        }
        match &mut self.buses.i2c {
            Some(bus) => Ok(Some(bus.as_mut())),
            None => Err(I2cError::new(I2cErrorCode::Other, "the bus is closed")),
        }
    }
}

/// What was asked for, as the audit has it.
fn call_of(grant: &I2cGrant, address: u16, operations: &[Operation]) -> String {
    format!("i2c transaction on bus {} at 0x{address:02x}: {}", grant.bus, describe_operations(operations))
}
