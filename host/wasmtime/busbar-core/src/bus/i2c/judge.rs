use super::{I2cGrant, LONGEST_I2C_LENGTH, Operation};
use crate::bus::{BusName, Direction};
use crate::grants::{Denied, Enforced, Verdict, hex};
use alloc::format;
use alloc::vec::Vec;

/// A transaction that a driver asks for.
#[derive(Debug, Clone, Copy)]
pub struct I2cCall<'a> {
    pub bus: &'a BusName,
    pub address: u16,
    pub operations: &'a [Operation],
}

/// What of a transaction is not granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum I2cDenial {
    Bus,
    Address,
    Direction,
    Length,
}

impl I2cDenial {
    /// As the audit has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bus => "bus",
            Self::Address => "address",
            Self::Direction => "direction",
            Self::Length => "length",
        }
    }
}

/// The most operations of one transaction, as in Linux (I2C_RDWR_IOCTL_MAX_MSGS): a bound that holds on every backend.
pub const MAXIMUM_OPERATIONS: usize = 42;

/// The most bytes of one transaction, all its operations together: twice Linux's longest operation, so that one as long
/// as that has room for a register number before it, or an equal beside it. 42 of the longest would hold an ordinary bus
/// of 100 kHz, and the thread that waits for it, for half a minute.
pub const MAXIMUM_TRANSACTION_BYTES: usize = 16_384;

/// Decides whether a grant covers a call. It looks at no more than 42 operations.
///
/// Gives the first thing that is not granted, in the order bus, address, number of operations (as "length"), direction,
/// length. `enforce` is false for complain mode: direction and length are then told and allowed, within what any entry
/// could grant.
pub fn judge_i2c(grant: Option<&I2cGrant>, call: &I2cCall<'_>, enforce: bool) -> Verdict<I2cDenial> {
    let Some(grant) = grant else {
        return Verdict::Denied(bus_denied(call.bus));
    };
    let Err(denied) = judge(grant, grant.direction, grant.maximum_length, call) else {
        return Verdict::Allowed;
    };
    if enforce {
        return Verdict::Denied(denied);
    }
    match judge(grant, Direction::ReadWrite, LONGEST_I2C_LENGTH, call) {
        Ok(()) => Verdict::WouldBeDenied(denied),
        Err(widest) => Verdict::Denied(widest),
    }
}

/// The answer for the target of a grant, with this direction and length.
fn judge(grant: &I2cGrant, direction: Direction, maximum_length: u32, call: &I2cCall<'_>) -> Enforced<I2cDenial> {
    if *call.bus != grant.bus {
        return Err(bus_denied(call.bus));
    }
    if !grant.addresses.contains(&call.address) {
        return Err(address_denied(call.address, &grant.addresses));
    }
    if call.operations.len() > MAXIMUM_OPERATIONS {
        let reason = format!("more than {MAXIMUM_OPERATIONS} operations in one transaction");
        return Err(Denied::new(I2cDenial::Length, reason));
    }
    call.operations.iter().try_for_each(|operation| judge_direction(direction, operation))?;
    judge_lengths(maximum_length, call.operations)
}

fn judge_direction(granted: Direction, operation: &Operation) -> Enforced<I2cDenial> {
    let only = match (granted, operation) {
        (Direction::ReadWrite, _) | (Direction::Read, Operation::Read(_)) | (Direction::Write, Operation::Write(_)) => {
            return Ok(());
        }
        (Direction::Read, Operation::Write(_)) => "read",
        (Direction::Write, Operation::Read(_)) => "write",
    };
    let reason = format!("a {} is not granted, only \"{only}\" is", kind_of(operation));
    Err(Denied::new(I2cDenial::Direction, reason))
}

fn judge_lengths(maximum_length: u32, operations: &[Operation]) -> Enforced<I2cDenial> {
    let mut bytes = 0;
    for operation in operations {
        let length = operation.length();
        if length < 1 || length as u64 > u64::from(maximum_length) {
            let reason = format!(
                "a {} of {} bytes; 1 to {maximum_length} are granted",
                kind_of(operation),
                // Rounded as in the other hosts, which have lengths of 2^53 and more as floating-point numbers.
                length as f64
            );
            return Err(Denied::new(I2cDenial::Length, reason));
        }
        bytes += length;
    }
    if bytes > MAXIMUM_TRANSACTION_BYTES {
        let reason = format!("{bytes} bytes in one transaction; {MAXIMUM_TRANSACTION_BYTES} are allowed");
        return Err(Denied::new(I2cDenial::Length, reason));
    }
    Ok(())
}

fn bus_denied(bus: &BusName) -> Denied<I2cDenial> {
    Denied::new(I2cDenial::Bus, format!("bus {bus} is not granted"))
}

fn address_denied(address: u16, granted: &[u16]) -> Denied<I2cDenial> {
    let listed = granted.iter().map(|each| hex(*each)).collect::<Vec<_>>().join(", ");
    let are = if granted.len() == 1 { "is" } else { "are" };
    let reason = format!("address {} is not granted, only {listed} {are}", hex(address));
    Denied::new(I2cDenial::Address, reason)
}

fn kind_of(operation: &Operation) -> &'static str {
    match operation {
        Operation::Read(_) => "read",
        Operation::Write(_) => "write",
    }
}
