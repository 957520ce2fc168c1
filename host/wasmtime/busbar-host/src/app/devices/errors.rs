//! Errors of the host as an app sees them: busbar:device/errors `error`.

use crate::device::{DeviceError, DeviceErrorCode, bus_fault_name};
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
