//! busbar:board@0.1.0: what the operator wired to the one name that a driver instance has.

use crate::abi::{IntoValue, Value, list, take};
use crate::component::{Answered, HostFunction, Parameters};
use crate::instance::DriverState;
use busbar_core::board::DeviceEntry;
use std::time::Duration;

const I2C: &str = "busbar:board/i2c";
const TIME: &str = "busbar:board/time";

/// The functions of these interfaces.
pub fn functions() -> Vec<HostFunction<DriverState>> {
    vec![
        HostFunction::new(I2C, "open", open),
        HostFunction::new(I2C, "open-delay", open_delay),
        HostFunction::new("busbar:board/settings", "get", get),
        HostFunction::new("busbar:board/log", "warn", warn),
        HostFunction::new(TIME, "now-ms", now_ms),
        HostFunction::new(TIME, "wait-ms", wait_ms),
    ]
}

/// What a handle of the driver's only bus, or of a delay, stands for.
const THE_ONLY_ONE: u32 = 0;

fn open(state: &mut DriverState, parameters: &mut Parameters) -> Answered {
    let name: String = take(parameters)?;
    // The same answer for a name that exists and one that does not: a driver must not learn what else is wired.
    if name != *state.wired.device {
        let reason = state.wired.trace.audit_name(&state.wired.device, &name, "i2c.open");
        return Ok(Some(access_denied(reason)));
    }
    let address = state.wired.entry.i2c.as_ref().and_then(|grant| grant.addresses.first().copied());
    Ok(Some(match (address, &state.wired.bus) {
        (Some(address), Some(_)) => wiring(THE_ONLY_ONE, address),
        _ => not_wired(&name),
    }))
}

fn open_delay(_state: &mut DriverState, _parameters: &mut Parameters) -> Answered {
    Ok(Some(Value::Resource(THE_ONLY_ONE)))
}

fn get(state: &mut DriverState, parameters: &mut Parameters) -> Answered {
    let name: String = take(parameters)?;
    if name != *state.wired.device {
        state.wired.trace.audit_name(&state.wired.device, &name, "settings.get");
        return Ok(Some(Value::List(Vec::new())));
    }
    Ok(Some(settings(&state.wired.entry)))
}

fn warn(state: &mut DriverState, parameters: &mut Parameters) -> Answered {
    let message: String = take(parameters)?;
    state.wired.trace.warn(&state.wired.device, &message);
    Ok(None)
}

fn now_ms(state: &mut DriverState, _parameters: &mut Parameters) -> Answered {
    Ok(Some(state.wired.clock.now_ms().into_value()))
}

/// Waits as a part of the current call, whose limit ends it.
fn wait_ms(state: &mut DriverState, parameters: &mut Parameters) -> Answered {
    let milliseconds: u32 = take(parameters)?;
    state.pace.sleep(Duration::from_millis(milliseconds.into()))?;
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
