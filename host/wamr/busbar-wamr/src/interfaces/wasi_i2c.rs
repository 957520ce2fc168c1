//! wasi:i2c@0.2.0-draft as drivers get it: every transaction is judged against the grant of the device.

use super::DriverContext;
use crate::abi::{FromValue, Value, elements, list, take};
use crate::component::HostFunction;
use crate::trap::Trap;
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use busbar_core::grants::MAXIMUM_OPERATIONS;
use busbar_core::i2c::{I2cErrorCode, NoAcknowledge, Operation};
use core::time::Duration;

const I2C: &str = "wasi:i2c/i2c";

/// The functions that a driver can be given.
pub fn functions<S: DriverContext>() -> [HostFunction<S>; 5] {
    [
        HostFunction { path: I2C, name: "[method]i2c.transaction", answer: transaction },
        HostFunction { path: I2C, name: "[method]i2c.read", answer: read },
        HostFunction { path: I2C, name: "[method]i2c.write", answer: write },
        HostFunction { path: I2C, name: "[method]i2c.write-read", answer: write_read },
        HostFunction { path: "wasi:i2c/delay", name: "[method]delay.delay-ns", answer: delay_ns },
    ]
}

type Parameters = vec::IntoIter<Value>;
type Answered = Result<Option<Value>, Trap>;

fn transaction<S: DriverContext>(state: &mut S, parameters: &mut Parameters) -> Answered {
    let address = address_of_bus(parameters)?;
    let mut operations: Vec<Operation> = elements(take(parameters)?).ok_or_else(Trap::another_type)?;
    // One more than is ever granted is enough to be refused.
    operations.truncate(MAXIMUM_OPERATIONS + 1);
    let lists = |results: Vec<Vec<u8>>| Ok(Some(list(results)));
    Ok(transact(state, address, &operations, lists))
}

fn read<S: DriverContext>(state: &mut S, parameters: &mut Parameters) -> Answered {
    let address = address_of_bus(parameters)?;
    let operations = [Operation::Read(size(take(parameters)?))];
    Ok(transact(state, address, &operations, the_last))
}

fn write<S: DriverContext>(state: &mut S, parameters: &mut Parameters) -> Answered {
    let address = address_of_bus(parameters)?;
    let operations = [Operation::Write(take(parameters)?)];
    Ok(transact(state, address, &operations, |_| Ok(None)))
}

fn write_read<S: DriverContext>(state: &mut S, parameters: &mut Parameters) -> Answered {
    let address = address_of_bus(parameters)?;
    let operations = [Operation::Write(take(parameters)?), Operation::Read(size(take(parameters)?))];
    Ok(transact(state, address, &operations, the_last))
}

fn delay_ns<S: DriverContext>(state: &mut S, parameters: &mut Parameters) -> Answered {
    let _delay: Value = take(parameters)?;
    let nanoseconds: u32 = take(parameters)?;
    state.sleep(Duration::from_nanos(nanoseconds.into()))?;
    Ok(None)
}

/// What all functions of a bus begin with. A driver has one bus, and all its handles are of that.
fn address_of_bus(parameters: &mut Parameters) -> Result<u16, Trap> {
    let _bus: Value = take(parameters)?;
    take(parameters)
}

fn transact<S: DriverContext>(
    state: &mut S,
    address: u16,
    operations: &[Operation],
    value: impl FnOnce(Vec<Vec<u8>>) -> Result<Option<Value>, I2cErrorCode>,
) -> Option<Value> {
    let results = state.i2c().transact(address, operations).map_err(|error| error.code);
    Some(match results.and_then(value) {
        Ok(value) => Value::ok(value),
        Err(code) => Value::error(Some(error_code(code))),
    })
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
