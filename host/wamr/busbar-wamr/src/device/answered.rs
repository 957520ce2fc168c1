//! What drivers answer, from values to the types that all hosts have. Their types were compared with those of wit/: what does
//! not fit here is a mistake of this host's.

use crate::abi::{FromValue, Value};
use crate::trap::Trap;
use alloc::string::String;
use busbar_core::device::{BusFaultKind, Channel, DeviceError, DeviceErrorCode, Quantity, SensorInfo};

/// The result that a function of a device interface gives.
///
/// # Errors
///
/// When it is no result.
pub fn answered<T: FromValue>(device: &str, value: Option<Value>) -> Result<Result<T, DeviceError>, Trap> {
    match value {
        Some(Value::Variant(0, Some(payload))) => T::from_value(*payload).map(Ok),
        Some(Value::Variant(1, Some(payload))) => error(device, *payload).map(Err),
        _ => None,
    }
    .ok_or_else(Trap::another_type)
}

/// busbar:device/errors `error`.
fn error(device: &str, value: Value) -> Option<DeviceError> {
    use DeviceErrorCode::{
        AccessDenied, Disconnected, InvalidArgument, NotFound, Protocol, Timeout, Unsupported, WrongDevice,
    };
    let Value::Variant(case, Some(payload)) = value else { return None };
    // In the order of wit/; `bus` is a record.
    let code = match case {
        0 => NotFound,
        1 => AccessDenied,
        2 => WrongDevice,
        3 => {
            let [kind, message] = fields(*payload)?;
            return Some(DeviceError::answered(device, DeviceErrorCode::Bus(fault_kind(kind)?), &text(message)?));
        }
        4 => Timeout,
        5 => Protocol,
        6 => InvalidArgument,
        7 => Unsupported,
        8 => Disconnected,
        _ => return None,
    };
    Some(DeviceError::answered(device, code, &text(*payload)?))
}

/// busbar:device/errors `bus-fault-kind`.
fn fault_kind(value: Value) -> Option<BusFaultKind> {
    use BusFaultKind::{ArbitrationLoss, Bus, NoAcknowledge, NoAcknowledgeAddress, NoAcknowledgeData, Other, Overrun};
    let all = [Bus, ArbitrationLoss, NoAcknowledgeAddress, NoAcknowledgeData, NoAcknowledge, Overrun, Other];
    case(value, &all)
}

impl FromValue for SensorInfo {
    /// busbar:device/sensor `info`.
    fn from_value(value: Value) -> Option<Self> {
        let [vendor, model] = fields(value)?;
        Some(Self::answered(&text(vendor)?, &text(model)?))
    }
}

impl FromValue for Channel {
    /// busbar:device/sensor `channel`.
    fn from_value(value: Value) -> Option<Self> {
        let [quantity, label, minimum, maximum, resolution] = fields(value)?;
        Some(Self {
            quantity: case(quantity, &Quantity::ALL)?,
            label: text(label)?,
            minimum: f64::from_value(minimum)?,
            maximum: f64::from_value(maximum)?,
            resolution: f64::from_value(resolution)?,
        })
    }
}

fn fields<const COUNT: usize>(value: Value) -> Option<[Value; COUNT]> {
    if let Value::Record(fields) = value { fields.try_into().ok() } else { None }
}

fn text(value: Value) -> Option<String> {
    String::from_value(value)
}

fn case<T: Copy>(value: Value, all: &[T]) -> Option<T> {
    if let Value::Variant(case, None) = value { all.get(case as usize).copied() } else { None }
}
