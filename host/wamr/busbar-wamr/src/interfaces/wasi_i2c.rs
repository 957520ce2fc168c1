//! wasi:i2c@0.2.0-draft as components get it: every transaction is judged against the grant of the device.

use super::drives_buses::DrivesBuses;
use crate::abi::{FromValue, Representation, Value, elements, list, take};
use crate::component::{Answered, HostFunction, Parameters};
use crate::trap::Trap;
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use busbar_core::bus::i2c::{I2cErrorCode, MAXIMUM_OPERATIONS, NoAcknowledge, Operation};
use core::time::Duration;

const I2C: &str = "wasi:i2c/i2c";

/// The functions of both interfaces.
pub fn functions<S: DrivesBuses>() -> Vec<HostFunction<S>> {
    vec![
        HostFunction::new(I2C, "[method]i2c.transaction", transaction::<S>),
        HostFunction::new(I2C, "[method]i2c.read", read::<S>),
        HostFunction::new(I2C, "[method]i2c.write", write::<S>),
        HostFunction::new(I2C, "[method]i2c.write-read", write_read::<S>),
        HostFunction::new("wasi:i2c/delay", "[method]delay.delay-ns", delay_ns::<S>),
    ]
}

fn transaction<S: DrivesBuses>(state: &mut S, parameters: &mut Parameters) -> Answered {
    let target = target(parameters)?;
    let mut operations: Vec<Operation> = elements(take(parameters)?).ok_or_else(Trap::another_type)?;
    // One more than is ever granted is enough to be refused.
    operations.truncate(MAXIMUM_OPERATIONS + 1);
    let lists = |results: Vec<Vec<u8>>| Ok(Some(list(results)));
    transact(state, target, &operations, lists)
}

fn read<S: DrivesBuses>(state: &mut S, parameters: &mut Parameters) -> Answered {
    let target = target(parameters)?;
    let operations = [Operation::Read(size(take(parameters)?))];
    transact(state, target, &operations, the_last)
}

fn write<S: DrivesBuses>(state: &mut S, parameters: &mut Parameters) -> Answered {
    let target = target(parameters)?;
    let operations = [Operation::Write(take(parameters)?)];
    transact(state, target, &operations, |_| Ok(None))
}

fn write_read<S: DrivesBuses>(state: &mut S, parameters: &mut Parameters) -> Answered {
    let target = target(parameters)?;
    let operations = [Operation::Write(take(parameters)?), Operation::Read(size(take(parameters)?))];
    transact(state, target, &operations, the_last)
}

/// Waits as a part of the current call, whose limit ends it.
fn delay_ns<S: DrivesBuses>(state: &mut S, parameters: &mut Parameters) -> Answered {
    let _delay: Value = take(parameters)?;
    let nanoseconds: u32 = take(parameters)?;
    state.sleep(Duration::from_nanos(nanoseconds.into()))?;
    Ok(None)
}

/// What all functions of a bus begin with: the bus, and the address.
fn target(parameters: &mut Parameters) -> Result<(u32, u16), Trap> {
    let Representation(bus) = take(parameters)?;
    Ok((bus, take(parameters)?))
}

fn transact<S: DrivesBuses>(
    state: &mut S,
    (bus, address): (u32, u16),
    operations: &[Operation],
    value: impl FnOnce(Vec<Vec<u8>>) -> Result<Option<Value>, I2cErrorCode>,
) -> Answered {
    let mut access = state.access(bus).ok_or_else(|| Trap::failed("a handle of a bus is none"))?;
    let results = access.i2c(address, operations).map_err(|error| error.code);
    Ok(Some(match results.and_then(value) {
        Ok(value) => Value::ok(value),
        Err(code) => Value::error(Some(error_code(code))),
    }))
}

/// What the only read of a transaction gave.
fn the_last(mut results: Vec<Vec<u8>>) -> Result<Option<Value>, I2cErrorCode> {
    results.pop().map(|bytes| Some(Value::Bytes(bytes))).ok_or(I2cErrorCode::Other)
}

/// A length that no address space has is refused as every other that is too long.
fn size(length: u64) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

impl FromValue for Operation {
    /// wasi:i2c/i2c `operation`.
    fn from_value(value: Value) -> Option<Self> {
        let Value::Variant(case, Some(payload)) = value else { return None };
        match case {
            0 => u64::from_value(*payload).map(|length| Self::Read(size(length))),
            1 => Vec::from_value(*payload).map(Self::Write),
            _ => None,
        }
    }
}

/// wasi:i2c/i2c `error-code`.
fn error_code(code: I2cErrorCode) -> Value {
    match code {
        I2cErrorCode::Bus => Value::case(0),
        I2cErrorCode::ArbitrationLoss => Value::case(1),
        I2cErrorCode::NoAcknowledge(source) => Value::Variant(
            2,
            Some(Box::new(Value::case(match source {
                NoAcknowledge::Address => 0,
                NoAcknowledge::Data => 1,
                NoAcknowledge::Unknown => 2,
            }))),
        ),
        I2cErrorCode::Overrun => Value::case(3),
        I2cErrorCode::Other => Value::case(4),
    }
}
