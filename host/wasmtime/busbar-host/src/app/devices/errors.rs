//! Errors as an app sees them, as values: busbar:device/errors `error`.

use crate::device::{DeviceError, DeviceErrorCode, bus_fault_name, bus_fault_named};
use wasmtime::component::Val;

/// The error as a value.
pub fn error_value(error: &DeviceError) -> Val {
    let message = Val::String(error.message.clone());
    let payload = match error.code {
        DeviceErrorCode::Bus(kind) => Val::Record(vec![
            ("kind".to_owned(), Val::Enum(bus_fault_name(kind).to_owned())),
            ("message".to_owned(), message),
        ]),
        _ => message,
    };
    Val::Variant(error.code.name().to_owned(), Some(Box::new(payload)))
}

/// The error that a driver answered an app; none where the value is no such error.
pub fn error_of(device: &str, value: &Val) -> Option<DeviceError> {
    let Val::Variant(case, Some(payload)) = value else { return None };
    match &**payload {
        Val::String(message) => Some(DeviceError::new(device, DeviceErrorCode::plain_named(case)?, message.as_str())),
        Val::Record(fields) if case == "bus" => {
            let field = |name: &str| fields.iter().find(|(each, _)| each == name).map(|(_, value)| value);
            let (Some(Val::Enum(kind)), Some(Val::String(message))) = (field("kind"), field("message")) else {
                return None;
            };
            Some(DeviceError::new(device, DeviceErrorCode::Bus(bus_fault_named(kind)?), message.as_str()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{error_of, error_value};
    use crate::device::{BusFaultKind, DeviceError, DeviceErrorCode};
    use wasmtime::component::Val;

    #[test]
    fn an_error_is_the_same_after_it_was_a_value() {
        for code in [DeviceErrorCode::Bus(BusFaultKind::NoAcknowledgeAddress), DeviceErrorCode::InvalidArgument] {
            let error = DeviceError::new("indoor", code, "why");
            assert_eq!(error_of("indoor", &error_value(&error)), Some(error));
        }
        assert_eq!(error_of("indoor", &Val::Bool(true)), None);
    }
}
