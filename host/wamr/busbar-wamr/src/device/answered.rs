//! What drivers answer, from values to the types that all hosts have. Their types were compared with those of wit/: what does
//! not fit here is a mistake of this host's.

use crate::abi::{FromValue, IntoValue, Value, fields};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec;
use busbar_core::device::{BusFaultKind, Channel, DeviceError, DeviceErrorCode, Quantity, SensorInfo};

/// The cases of busbar:device/errors `error` that have a sentence only, by their numbers; `bus` is a record.
const PLAIN: [(u32, DeviceErrorCode); 8] = [
    (0, DeviceErrorCode::NotFound),
    (1, DeviceErrorCode::AccessDenied),
    (2, DeviceErrorCode::WrongDevice),
    (4, DeviceErrorCode::Timeout),
    (5, DeviceErrorCode::Protocol),
    (6, DeviceErrorCode::InvalidArgument),
    (7, DeviceErrorCode::Unsupported),
    (8, DeviceErrorCode::Disconnected),
];
const BUS: u32 = 3;

/// What a function of a device interface gives that can fail.
///
/// # Errors
///
/// The error that it gives; `protocol` when it is no such function.
pub fn answered<T: FromValue>(device: &str, value: Option<Value>) -> Result<T, DeviceError> {
    let answer = match value {
        Some(Value::Variant(0, Some(payload))) => T::from_value(*payload).map(Ok),
        Some(Value::Variant(1, Some(payload))) => device_error(device, *payload).map(Err),
        _ => None,
    };
    answer
        .unwrap_or_else(|| Err(DeviceError::protocol(device, "the driver answers in another form than its type says")))
}

/// The same of a function that gives nothing where it does not fail.
///
/// # Errors
///
/// As [`answered`].
#[cfg(feature = "std")]
pub fn done(device: &str, value: Option<Value>) -> Result<(), DeviceError> {
    match value {
        Some(Value::Variant(0, None)) => Ok(()),
        value => answered::<Value>(device, value).map(drop),
    }
}

/// busbar:device/errors `error`; none where the value is no such error.
pub fn device_error(device: &str, value: Value) -> Option<DeviceError> {
    let Value::Variant(case, Some(payload)) = value else { return None };
    if case == BUS {
        let [kind, message] = fields(*payload)?;
        let kind = self::case(kind, &BusFaultKind::ALL)?;
        return Some(DeviceError::answered(device, DeviceErrorCode::Bus(kind), &text(message)?));
    }
    let (_, code) = PLAIN.into_iter().find(|(number, _)| *number == case)?;
    Some(DeviceError::answered(device, code, &text(*payload)?))
}

/// An error as a value: busbar:device/errors `error`.
pub fn error_value(error: &DeviceError) -> Value {
    let message = error.message.clone().into_value();
    if let DeviceErrorCode::Bus(kind) = error.code {
        let kind = (0..).zip(BusFaultKind::ALL).find(|(_, each)| *each == kind).map_or(0, |(number, _)| number);
        return Value::Variant(BUS, Some(Box::new(Value::Record(vec![Value::case(kind), message]))));
    }
    let case = PLAIN.into_iter().find(|(_, code)| *code == error.code).map_or(0, |(number, _)| number);
    Value::Variant(case, Some(Box::new(message)))
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

fn text(value: Value) -> Option<String> {
    String::from_value(value)
}

fn case<T: Copy>(value: Value, all: &[T]) -> Option<T> {
    if let Value::Variant(case, None) = value { all.get(case as usize).copied() } else { None }
}

#[cfg(test)]
mod tests {
    use super::{PLAIN, device_error, error_value};
    use crate::flattened::DefinedType;
    use crate::interfaces::device_interfaces;
    use busbar_core::device::{BusFaultKind, DeviceError, DeviceErrorCode, bus_fault_name};

    #[test]
    fn an_error_is_the_same_after_it_was_a_value() {
        let codes = PLAIN.into_iter().map(|(_, code)| code).chain(BusFaultKind::ALL.map(DeviceErrorCode::Bus));
        for code in codes {
            let error = DeviceError::new("indoor", code, "why");
            assert_eq!(device_error("indoor", error_value(&error)), Some(error));
        }
    }

    #[test]
    fn errors_have_the_numbers_that_wit_gives_them() {
        let types = &device_interfaces().types;
        let named = types.iter().any(|each| match each {
            DefinedType::Variant(cases) => {
                cases.len() == PLAIN.len() + 1
                    && PLAIN.iter().all(|(number, code)| cases[*number as usize].0 == code.name())
            }
            _ => false,
        });
        assert!(named);
        let kinds: Vec<String> = BusFaultKind::ALL.iter().map(|kind| bus_fault_name(*kind).to_owned()).collect();
        assert!(types.iter().any(|each| matches!(each, DefinedType::Enum(cases) if *cases == kinds)));
    }
}
