//! wasi:spi as components get it: every transaction is judged against the grant of the device.

use super::drives_buses::DrivesBuses;
use crate::abi::{FromValue, IntoValue, Representation, Value, elements, list, take};
use crate::component::{Answered, HostFunction, Parameters};
use crate::trap::Trap;
use busbar_core::bus::spi::{MAXIMUM_SPI_OPERATIONS, Operation, SpiError, SpiErrorCode};

const SPI: &str = "wasi:spi/spi";
const WRITE: &str = "[method]spi-device.write";

/// Whoever drives devices on SPI, and gets them by their names.
pub trait OpensSpi: DrivesBuses {
    /// wasi:spi/spi `open`: what the device's handles stand for.
    ///
    /// # Errors
    ///
    /// Why there is none for it, as one sentence.
    fn open_spi(&mut self, name: &str) -> Result<u32, String>;
}

/// The functions of the interface, by its text.
pub fn functions<S: OpensSpi>() -> Vec<HostFunction<S>> {
    vec![
        HostFunction::new(SPI, "open", open::<S>),
        HostFunction::new(SPI, "[method]spi-device.read", read::<S>),
        HostFunction::new(SPI, WRITE, write::<S>),
        HostFunction::new(SPI, "[method]spi-device.transfer", transfer::<S>),
        HostFunction::new(SPI, "[method]spi-device.transaction", transaction::<S>),
    ]
}

/// Those that are other in wit/shapes/write-error: `write` with `result<_, error>`, which the text surely means.
pub fn write_error_functions<S: DrivesBuses>() -> Vec<HostFunction<S>> {
    vec![HostFunction::new(SPI, WRITE, write_with_error::<S>)]
}

fn open<S: OpensSpi>(state: &mut S, parameters: &mut Parameters) -> Answered {
    let name: String = take(parameters)?;
    Ok(Some(match state.open_spi(&name) {
        Ok(device) => Value::ok(Some(Value::Resource(device))),
        Err(reason) => Value::error(Some(error(SpiError::other(reason)))),
    }))
}

fn read<S: DrivesBuses>(state: &mut S, parameters: &mut Parameters) -> Answered {
    let Representation(device) = take(parameters)?;
    let length: u64 = take(parameters)?;
    for_one(state, device, Operation::Read(size(length)))
}

fn transfer<S: DrivesBuses>(state: &mut S, parameters: &mut Parameters) -> Answered {
    let Representation(device) = take(parameters)?;
    let operation = Operation::Transfer(take(parameters)?);
    for_one(state, device, operation)
}

/// By the text, the error is the type of *success*: it means nothing there, and a failure has no reason.
fn write<S: DrivesBuses>(state: &mut S, parameters: &mut Parameters) -> Answered {
    Ok(Some(match written(state, parameters)? {
        Ok(()) => Value::ok(Some(error(SpiError::other("")))),
        Err(_) => Value::error(None),
    }))
}

fn write_with_error<S: DrivesBuses>(state: &mut S, parameters: &mut Parameters) -> Answered {
    Ok(Some(match written(state, parameters)? {
        Ok(()) => Value::ok(None),
        Err(failed) => Value::error(Some(error(failed))),
    }))
}

fn transaction<S: DrivesBuses>(state: &mut S, parameters: &mut Parameters) -> Answered {
    let Representation(device) = take(parameters)?;
    let mut operations: Vec<Operation> = elements(take(parameters)?).ok_or_else(Trap::another_type)?;
    // One more than is ever granted is enough to be refused.
    operations.truncate(MAXIMUM_SPI_OPERATIONS + 1);
    Ok(Some(match transact(state, device, &operations)? {
        Ok(received) => Value::ok(Some(results_of(&operations, received))),
        Err(failed) => Value::error(Some(error(failed))),
    }))
}

fn for_one<S: DrivesBuses>(state: &mut S, device: u32, operation: Operation) -> Answered {
    Ok(Some(match transact(state, device, &[operation])? {
        Ok(mut received) => Value::ok(Some(Value::Bytes(received.pop().unwrap_or_default()))),
        Err(failed) => Value::error(Some(error(failed))),
    }))
}

fn written<S: DrivesBuses>(state: &mut S, parameters: &mut Parameters) -> Result<Result<(), SpiError>, Trap> {
    let Representation(device) = take(parameters)?;
    let operation = Operation::Write(take(parameters)?);
    Ok(transact(state, device, &[operation])?.map(drop))
}

fn transact<S: DrivesBuses>(
    state: &mut S,
    device: u32,
    operations: &[Operation],
) -> Result<Result<Vec<Vec<u8>>, SpiError>, Trap> {
    let mut access = state.access(device).ok_or_else(|| Trap::failed("a handle of a device is none"))?;
    Ok(access.spi(operations))
}

/// wasi:spi/spi `operation-result`: one for each operation, out of what was received.
fn results_of(operations: &[Operation], received: Vec<Vec<u8>>) -> Value {
    let mut received = received.into_iter();
    let mut bytes = || Some(Box::new(Value::Bytes(received.next().unwrap_or_default())));
    list(operations.iter().map(|operation| match operation {
        Operation::Read(_) => Value::Variant(0, bytes()),
        Operation::Write(_) => Value::case(1),
        Operation::Transfer(_) => Value::Variant(2, bytes()),
        Operation::Delay(_) => Value::case(3),
    }))
}

/// A length that no address space has is refused as every other that is too long.
fn size(length: u64) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

impl FromValue for Operation {
    /// wasi:spi/spi `operation`.
    fn from_value(value: Value) -> Option<Self> {
        let Value::Variant(case, Some(payload)) = value else { return None };
        match case {
            0 => u64::from_value(*payload).map(|length| Self::Read(size(length))),
            1 => FromValue::from_value(*payload).map(Self::Write),
            2 => FromValue::from_value(*payload).map(Self::Transfer),
            3 => u32::from_value(*payload).map(Self::Delay),
            _ => None,
        }
    }
}

/// wasi:spi/spi `error`.
fn error(SpiError { code, message }: SpiError) -> Value {
    match code {
        SpiErrorCode::Overrun => Value::case(0),
        SpiErrorCode::ModeFault => Value::case(1),
        SpiErrorCode::FrameFormat => Value::case(2),
        SpiErrorCode::ChipSelectFault => Value::case(3),
        SpiErrorCode::Other => Value::Variant(4, Some(Box::new(message.into_value()))),
    }
}
