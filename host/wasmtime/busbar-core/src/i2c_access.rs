use crate::board::DeviceEntry;
use crate::clock::Clock;
use crate::grants::{DeviceQuota, I2cCall, Taken, Verdict, judge_i2c};
use crate::i2c::{I2cBus, I2cError, I2cErrorCode, Operation, describe_operations};
use crate::locked::{Mutex, locked};
use crate::trace::Trace;
use alloc::format;
use alloc::vec::Vec;

/// A device on I2C, for whoever drives it: a driver, or an app that brings its own. Every transaction is judged against the
/// device's entry.
pub struct I2cAccess<'a> {
    /// The device's name in the board file.
    pub device: &'a str,
    pub entry: &'a DeviceEntry,
    pub clock: Clock,
    pub trace: &'a Trace,
    /// The device's, not that of one life of its driver or one run of its app.
    pub quota: &'a Mutex<DeviceQuota>,
    /// None where the entry has none.
    pub bus: Option<&'a mut (dyn I2cBus + 'static)>,
}

impl I2cAccess<'_> {
    /// Runs operations as one transaction, where they are granted.
    ///
    /// # Errors
    ///
    /// `other` for what is not granted, which the operator is told; what the bus answers.
    pub fn transact(&mut self, address: u16, operations: &[Operation]) -> Result<Vec<Vec<u8>>, I2cError> {
        let Some(grant) = &self.entry.i2c else {
            return Err(I2cError::new(I2cErrorCode::Other, "no bus is granted"));
        };
        match judge_i2c(Some(grant), &I2cCall { bus: &grant.bus, address, operations }, self.entry.enforce) {
            Verdict::Allowed => {}
            Verdict::WouldBeDenied(denied) => {
                self.audit(address, operations, denied.what.name(), &denied.reason, false);
            }
            Verdict::Denied(denied) => {
                self.audit(address, operations, denied.what.name(), &denied.reason, true);
                // wasi:i2c has no case for a refusal.
                return Err(I2cError::new(I2cErrorCode::Other, denied.reason));
            }
        }
        self.take(address, operations)?;
        if operations.is_empty() {
            return Ok(Vec::new());
        }
        match &mut self.bus {
            Some(bus) => bus.transaction(address, operations),
            None => Err(I2cError::new(I2cErrorCode::Other, "the bus is closed")),
        }
    }

    fn take(&self, address: u16, operations: &[Operation]) -> Result<(), I2cError> {
        let taken = {
            let mut quota = locked(self.quota);
            let taken = quota.take_transaction(self.clock.now_ms());
            if let (Some(recorder), true) = (&mut quota.recorder, taken != Taken::Refused) {
                recorder.operations(operations);
            }
            taken
        };
        if taken == Taken::Taken {
            return Ok(());
        }
        let most = self.entry.limits.transactions_per_second.unwrap_or(0);
        let reason = format!("more than {most} transactions in a second");
        let refused = taken == Taken::Refused;
        self.audit(address, operations, "rate", &reason, refused);
        if refused { Err(I2cError::new(I2cErrorCode::Other, reason)) } else { Ok(()) }
    }

    fn audit(&self, address: u16, operations: &[Operation], denied: &'static str, reason: &str, enforced: bool) {
        let Some(grant) = &self.entry.i2c else { return };
        let target = format!("bus {} at 0x{address:02x}", grant.bus);
        let call = format!("i2c transaction on {target}: {}", describe_operations(operations));
        self.trace.audit(self.device, call, denied, reason, enforced);
    }
}
