//! wasi:i2c@0.2.0-draft as a driver instance gets it: every transaction is judged against its grant.

use crate::bindings::wasi::i2c::{delay, i2c};
use crate::grants::{I2cCall, MAXIMUM_OPERATIONS, Taken, Verdict, judge_i2c};
use crate::i2c::{I2cError, I2cErrorCode, NoAcknowledge, Operation, describe_operations};
use crate::instance::DriverState;
use std::sync::PoisonError;
use std::time::Duration;
use wasmtime::Result;
use wasmtime::component::Resource;

/// wasi:i2c/i2c `i2c`: one controller, seen through one driver's grant. The bus belongs to the instance.
pub struct I2cHandle;

/// wasi:i2c/delay `delay`.
pub struct DelayHandle;

type Answer<T> = Result<Result<T, i2c::ErrorCode>>;

impl i2c::Host for DriverState {}

impl i2c::HostI2c for DriverState {
    fn transaction(
        &mut self,
        bus: Resource<I2cHandle>,
        address: u16,
        operations: Vec<i2c::Operation>,
    ) -> Answer<Vec<Vec<u8>>> {
        self.table.get(&bus)?;
        // One more than is ever granted is enough to be refused.
        let judged = operations.into_iter().take(MAXIMUM_OPERATIONS + 1).map(Operation::from).collect::<Vec<_>>();
        Ok(self.transact(address, &judged).map_err(i2c::ErrorCode::from))
    }

    fn read(&mut self, bus: Resource<I2cHandle>, address: u16, length: u64) -> Answer<Vec<u8>> {
        self.table.get(&bus)?;
        Ok(self.transact_for_one(address, &[Operation::Read(size(length))]))
    }

    fn write(&mut self, bus: Resource<I2cHandle>, address: u16, data: Vec<u8>) -> Answer<()> {
        self.table.get(&bus)?;
        Ok(self.transact(address, &[Operation::Write(data)]).map(drop).map_err(i2c::ErrorCode::from))
    }

    fn write_read(
        &mut self,
        bus: Resource<I2cHandle>,
        address: u16,
        data: Vec<u8>,
        read_length: u64,
    ) -> Answer<Vec<u8>> {
        self.table.get(&bus)?;
        Ok(self.transact_for_one(address, &[Operation::Write(data), Operation::Read(size(read_length))]))
    }

    /// The guest dropped its handle. The bus goes with the instance.
    fn drop(&mut self, bus: Resource<I2cHandle>) -> Result<()> {
        self.table.delete(bus)?;
        Ok(())
    }
}

impl DriverState {
    fn transact_for_one(&mut self, address: u16, operations: &[Operation]) -> Result<Vec<u8>, i2c::ErrorCode> {
        let mut results = self.transact(address, operations).map_err(i2c::ErrorCode::from)?;
        results.pop().ok_or(i2c::ErrorCode::Other)
    }

    fn transact(&mut self, address: u16, operations: &[Operation]) -> Result<Vec<Vec<u8>>, I2cError> {
        let Some(grant) = &self.entry.i2c else {
            return Err(I2cError::new(I2cErrorCode::Other, "no bus is granted"));
        };
        match judge_i2c(Some(grant), &I2cCall { bus: &grant.bus, address, operations }, self.entry.enforce) {
            Verdict::Allowed => {}
            Verdict::WouldBeDenied(denied) => {
                self.audit_transaction(address, operations, denied.what.name(), &denied.reason, false);
            }
            Verdict::Denied(denied) => {
                self.audit_transaction(address, operations, denied.what.name(), &denied.reason, true);
                // wasi:i2c has no case for a refusal.
                return Err(I2cError::new(I2cErrorCode::Other, denied.reason));
            }
        }
        self.take_transaction(address, operations)?;
        if operations.is_empty() {
            return Ok(Vec::new());
        }
        match &mut self.bus {
            Some(bus) => bus.transaction(address, operations),
            None => Err(I2cError::new(I2cErrorCode::Other, "the bus is closed")),
        }
    }

    fn take_transaction(&self, address: u16, operations: &[Operation]) -> Result<(), I2cError> {
        let taken = {
            let mut quota = self.quota.lock().unwrap_or_else(PoisonError::into_inner);
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
        self.audit_transaction(address, operations, "rate", &reason, refused);
        if refused { Err(I2cError::new(I2cErrorCode::Other, reason)) } else { Ok(()) }
    }

    fn audit_transaction(
        &self,
        address: u16,
        operations: &[Operation],
        denied: &'static str,
        reason: &str,
        enforced: bool,
    ) {
        let Some(grant) = &self.entry.i2c else { return };
        let target = format!("bus {} at 0x{address:02x}", grant.bus);
        let call = format!("i2c transaction on {target}: {}", describe_operations(operations));
        self.audit(call, denied, reason, enforced);
    }
}

/// A length that no address space has is refused as every other that is too long.
fn size(length: u64) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

impl From<i2c::Operation> for Operation {
    fn from(operation: i2c::Operation) -> Self {
        match operation {
            i2c::Operation::Read(length) => Self::Read(size(length)),
            i2c::Operation::Write(data) => Self::Write(data),
        }
    }
}

impl From<I2cError> for i2c::ErrorCode {
    fn from(error: I2cError) -> Self {
        match error.code {
            I2cErrorCode::Bus => Self::Bus,
            I2cErrorCode::ArbitrationLoss => Self::ArbitrationLoss,
            I2cErrorCode::NoAcknowledge(source) => Self::NoAcknowledge(match source {
                NoAcknowledge::Address => i2c::NoAcknowledgeSource::Address,
                NoAcknowledge::Data => i2c::NoAcknowledgeSource::Data,
                NoAcknowledge::Unknown => i2c::NoAcknowledgeSource::Unknown,
            }),
            I2cErrorCode::Overrun => Self::Overrun,
            I2cErrorCode::Other => Self::Other,
        }
    }
}

impl delay::Host for DriverState {}

impl delay::HostDelay for DriverState {
    /// Waits as a part of the current call, whose limit ends it.
    async fn delay_ns(&mut self, delay: Resource<DelayHandle>, nanoseconds: u32) -> Result<()> {
        self.table.get(&delay)?;
        sleep(Duration::from_nanos(nanoseconds.into())).await;
        Ok(())
    }

    fn drop(&mut self, delay: Resource<DelayHandle>) -> Result<()> {
        self.table.delete(delay)?;
        Ok(())
    }
}

/// Waits for at least so long. What is shorter than a timer can be is waited for in the thread.
pub async fn sleep(duration: Duration) {
    const SHORTEST_TIMER: Duration = Duration::from_micros(50);
    if duration < SHORTEST_TIMER {
        let start = std::time::Instant::now();
        while start.elapsed() < duration {
            std::hint::spin_loop();
        }
        return;
    }
    tokio::time::sleep(duration).await;
}
