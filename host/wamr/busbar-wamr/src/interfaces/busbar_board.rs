//! busbar:board@0.1.0: what the operator wired to the one name that a driver instance has.

use super::DriverContext;
use crate::abi::{IntoValue, Value, list, take};
use crate::component::HostFunction;
use crate::trap::Trap;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

const I2C: &str = "busbar:board/i2c";
const TIME: &str = "busbar:board/time";

/// The functions that a driver can be given.
pub fn functions<S: DriverContext>() -> [HostFunction<S>; 6] {
    [
        HostFunction { path: I2C, name: "open", answer: open },
        HostFunction { path: I2C, name: "open-delay", answer: open_delay },
        HostFunction { path: "busbar:board/settings", name: "get", answer: get },
        HostFunction { path: "busbar:board/log", name: "warn", answer: warn },
        HostFunction { path: TIME, name: "now-ms", answer: now_ms },
        HostFunction { path: TIME, name: "wait-ms", answer: wait_ms },
    ]
}

type Parameters = vec::IntoIter<Value>;
type Answered = Result<Option<Value>, Trap>;

/// What a handle of the driver's only bus, or of a delay, stands for.
const THE_ONLY_ONE: u32 = 0;

fn open<S: DriverContext>(state: &mut S, parameters: &mut Parameters) -> Answered {
    let name: String = take(parameters)?;
    // The same answer for a name that exists and one that does not: a driver must not learn what else is wired.
    if name != state.device() {
        let reason = state.trace().audit_name(state.device(), &name, "i2c.open");
        return Ok(Some(Value::error(Some(access_denied(reason)))));
    }
    let address = state.entry().i2c.as_ref().and_then(|grant| grant.addresses.first().copied());
    Ok(Some(match (address, state.i2c().bus) {
        (Some(address), Some(_)) => {
            Value::ok(Some(Value::Record(vec![Value::Resource(THE_ONLY_ONE), address.into_value()])))
        }
        _ => Value::error(Some(not_found(format!("the board wires no I2C target to \"{name}\"")))),
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
    let settings = state.entry().settings.iter().cloned();
    Ok(Some(list(settings.map(|(name, value)| Value::Record(vec![name.into_value(), value.into_value()])))))
}

fn warn<S: DriverContext>(state: &mut S, parameters: &mut Parameters) -> Answered {
    let message: String = take(parameters)?;
    state.trace().warn(state.device(), &message);
    Ok(None)
}

fn now_ms<S: DriverContext>(state: &mut S, _parameters: &mut Parameters) -> Answered {
    Ok(Some(state.clock().now_ms().into_value()))
}

fn wait_ms<S: DriverContext>(state: &mut S, parameters: &mut Parameters) -> Answered {
    let milliseconds: u32 = take(parameters)?;
    state.sleep(Duration::from_millis(milliseconds.into()))?;
    Ok(None)
}

/// busbar:board/i2c `error`.
fn not_found(reason: String) -> Value {
    Value::Variant(0, Some(Box::new(reason.into_value())))
}

/// Likewise.
fn access_denied(reason: String) -> Value {
    Value::Variant(1, Some(Box::new(reason.into_value())))
}
