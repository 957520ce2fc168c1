//! busbar:board@0.1.0: what the operator wired to the one name that a driver instance has.

use super::DriverContext;
use crate::abi::{IntoValue, Value, list, take};
use crate::component::{Answered, HostFunction, Parameters};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use busbar_core::board::DeviceEntry;
use core::time::Duration;

const I2C: &str = "busbar:board/i2c";
const TIME: &str = "busbar:board/time";

/// The functions of these interfaces.
pub fn functions<S: DriverContext>() -> Vec<HostFunction<S>> {
    vec![
        HostFunction::new(I2C, "open", open::<S>),
        HostFunction::new(I2C, "open-delay", open_delay::<S>),
        HostFunction::new("busbar:board/settings", "get", get::<S>),
        HostFunction::new("busbar:board/log", "warn", warn::<S>),
        HostFunction::new(TIME, "now-ms", now_ms::<S>),
        HostFunction::new(TIME, "wait-ms", wait_ms::<S>),
    ]
}

/// What a handle of the driver's only bus or device, or of a delay, stands for.
pub const THE_ONLY_ONE: u32 = 0;

fn open<S: DriverContext>(state: &mut S, parameters: &mut Parameters) -> Answered {
    let name: String = take(parameters)?;
    // The same answer for a name that exists and one that does not: a driver must not learn what else is wired.
    if name != state.device() {
        let reason = state.trace().audit_name(state.device(), &name, "i2c.open");
        return Ok(Some(access_denied(reason)));
    }
    let address = state.entry().i2c.as_ref().and_then(|grant| grant.addresses.first().copied());
    let has_bus = state.access(THE_ONLY_ONE).is_some_and(|access| access.buses.i2c.is_some());
    Ok(Some(match address {
        Some(address) if has_bus => wiring(THE_ONLY_ONE, address),
        _ => not_wired(&name),
    }))
}

fn open_delay<S: DriverContext>(_state: &mut S, _parameters: &mut Parameters) -> Answered {
    Ok(Some(Value::Resource(THE_ONLY_ONE)))
}

fn get<S: DriverContext>(state: &mut S, parameters: &mut Parameters) -> Answered {
    let name: String = take(parameters)?;
    if name != state.device() {
        state.trace().audit_name(state.device(), &name, "settings.get");
        return Ok(Some(Value::List(Vec::new())));
    }
    Ok(Some(settings(state.entry())))
}

fn warn<S: DriverContext>(state: &mut S, parameters: &mut Parameters) -> Answered {
    let message: String = take(parameters)?;
    state.trace().warn(state.device(), &message);
    Ok(None)
}

fn now_ms<S: DriverContext>(state: &mut S, _parameters: &mut Parameters) -> Answered {
    Ok(Some(state.clock().now_ms().into_value()))
}

/// Waits as a part of the current call, whose limit ends it.
fn wait_ms<S: DriverContext>(state: &mut S, parameters: &mut Parameters) -> Answered {
    let milliseconds: u32 = take(parameters)?;
    state.sleep(Duration::from_millis(milliseconds.into()))?;
    Ok(None)
}

/// What `open` answers: busbar:board/i2c `wiring`, a bus and an address.
pub fn wiring(bus: u32, address: u16) -> Value {
    Value::ok(Some(Value::Record(vec![Value::Resource(bus), address.into_value()])))
}

/// What `open` answers for a device that is not on I2C.
pub fn not_wired(name: &str) -> Value {
    not_found(format!("the board wires no I2C target to \"{name}\""))
}

/// Likewise: busbar:board/i2c `error`.
pub fn not_found(reason: String) -> Value {
    Value::error(Some(Value::Variant(0, Some(Box::new(reason.into_value())))))
}

/// Likewise.
pub fn access_denied(reason: String) -> Value {
    Value::error(Some(Value::Variant(1, Some(Box::new(reason.into_value())))))
}

/// What `get` answers.
pub fn settings(entry: &DeviceEntry) -> Value {
    let settings = entry.settings.iter().cloned();
    list(settings.map(|(name, value)| Value::Record(vec![name.into_value(), value.into_value()])))
}
