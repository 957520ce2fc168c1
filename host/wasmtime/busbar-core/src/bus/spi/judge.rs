use super::{LONGEST_SPI_LENGTH, Operation, SpiGrant};
use crate::bus::Direction;
use crate::grants::{Denied, Enforced, Verdict};
use alloc::format;

/// What of a transaction is not granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpiDenial {
    Bus,
    Direction,
    Length,
    Delay,
}

impl SpiDenial {
    /// As the audit has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bus => "bus",
            Self::Direction => "direction",
            Self::Length => "length",
            Self::Delay => "delay",
        }
    }
}

/// The most operations of one transaction: as many of Linux's 32 bytes each as the size in an ioctl's number has room for
/// (include/uapi/linux/spi/spidev.h, SPI_MSGSIZE). A bound that holds on every backend.
pub const MAXIMUM_SPI_OPERATIONS: usize = 511;

/// The most bytes of one transaction, all its operations together: what spidev has room for by default.
pub const MAXIMUM_SPI_TRANSACTION_BYTES: usize = 4096;

/// The most nanoseconds that the delays of one transaction have together: the bus is held meanwhile, and the thread waits.
pub const MAXIMUM_SPI_DELAY_NS: u64 = 10_000_000;

/// Decides whether a grant covers a transaction. It looks at no more than 512 operations.
///
/// Gives the first thing that is not granted, in the order bus, number of operations (as "length"), direction, length of each operation,
/// bytes of all (as "length"), delay. `enforce` is false for complain mode: direction and length are then told and allowed, within what
/// any entry could grant.
pub fn judge_spi(grant: Option<&SpiGrant>, operations: &[Operation], enforce: bool) -> Verdict<SpiDenial> {
    let Some(grant) = grant else {
        return Verdict::Denied(Denied::new(SpiDenial::Bus, "no SPI device is granted"));
    };
    let Err(denied) = judge(grant.direction, grant.maximum_length, operations) else {
        return Verdict::Allowed;
    };
    if enforce {
        return Verdict::Denied(denied);
    }
    match judge(Direction::ReadWrite, LONGEST_SPI_LENGTH, operations) {
        Ok(()) => Verdict::WouldBeDenied(denied),
        Err(widest) => Verdict::Denied(widest),
    }
}

fn judge(direction: Direction, maximum_length: u32, operations: &[Operation]) -> Enforced<SpiDenial> {
    if operations.len() > MAXIMUM_SPI_OPERATIONS {
        let reason = format!("more than {MAXIMUM_SPI_OPERATIONS} operations in one transaction");
        return Err(Denied::new(SpiDenial::Length, reason));
    }
    operations.iter().try_for_each(|operation| judge_direction(direction, operation))?;
    judge_lengths(maximum_length, operations)?;
    judge_delays(operations)
}

fn judge_direction(granted: Direction, operation: &Operation) -> Enforced<SpiDenial> {
    match (granted, operation) {
        (Direction::ReadWrite, _)
        | (_, Operation::Delay(_))
        | (Direction::Read, Operation::Read(_))
        | (Direction::Write, Operation::Write(_)) => Ok(()),
        (Direction::Read | Direction::Write, _) => {
            let reason = format!("a {} is not granted, only \"{}\" is", operation.kind(), granted.name());
            Err(Denied::new(SpiDenial::Direction, reason))
        }
    }
}

fn judge_lengths(maximum_length: u32, operations: &[Operation]) -> Enforced<SpiDenial> {
    let mut bytes = 0;
    for operation in operations.iter().filter(|operation| !matches!(operation, Operation::Delay(_))) {
        let length = operation.length();
        if length < 1 || length as u64 > u64::from(maximum_length) {
            let reason = format!(
                "a {} of {} bytes; 1 to {maximum_length} are granted",
                operation.kind(),
                // Rounded as in the other hosts, which have lengths of 2^53 and more as floating-point numbers.
                length as f64
            );
            return Err(Denied::new(SpiDenial::Length, reason));
        }
        bytes += length;
    }
    if bytes > MAXIMUM_SPI_TRANSACTION_BYTES {
        let reason = format!("{bytes} bytes in one transaction; {MAXIMUM_SPI_TRANSACTION_BYTES} are allowed");
        return Err(Denied::new(SpiDenial::Length, reason));
    }
    Ok(())
}

fn judge_delays(operations: &[Operation]) -> Enforced<SpiDenial> {
    let delays = operations.iter().map(|operation| match operation {
        Operation::Delay(nanoseconds) => u64::from(*nanoseconds),
        _ => 0,
    });
    let together: u64 = delays.sum();
    if together <= MAXIMUM_SPI_DELAY_NS {
        return Ok(());
    }
    let reason = format!("delays of {together} ns in one transaction; {MAXIMUM_SPI_DELAY_NS} ns are allowed");
    Err(Denied::new(SpiDenial::Delay, reason))
}
