//! busbar:board as an app imports it that drives devices itself: each name is one of the devices wired to it.

use super::context::{AppBus, AppState};
use crate::abi::{IntoValue, Value, list, take};
use crate::component::{Answered, HostFunction, Parameters};
use crate::interfaces::Waits;
use crate::interfaces::busbar_board::{access_denied, not_found, not_wired, settings, wiring};
use busbar_core::app::refuse_to_drive;
use std::time::Duration;

const I2C: &str = "busbar:board/i2c";
const TIME: &str = "busbar:board/time";

/// The functions of these interfaces.
pub fn functions() -> Vec<HostFunction<AppState>> {
    vec![
        HostFunction::new(I2C, "open", open),
        HostFunction::new(I2C, "open-delay", |state: &mut AppState, _| Ok(Some(state.table.push(AppDelay)))),
        HostFunction::new("wasi:i2c/i2c", "[resource-drop]i2c", drop_bus),
        HostFunction::new("wasi:i2c/delay", "[resource-drop]delay", drop_delay),
        HostFunction::new("wasi:spi/spi", "[resource-drop]spi-device", drop_bus),
        HostFunction::new("busbar:board/settings", "get", get),
        // Of drivers that were composed into it: which of them speaks is not known here.
        HostFunction::new("busbar:board/log", "warn", warn),
        HostFunction::new(TIME, "now-ms", |state: &mut AppState, _| Ok(Some(state.clock.now_ms().into_value()))),
        HostFunction::new(TIME, "wait-ms", wait_ms),
    ]
}

/// wasi:i2c/delay `delay`.
struct AppDelay;

fn open(state: &mut AppState, parameters: &mut Parameters) -> Answered {
    let name: String = take(parameters)?;
    let Some(entry) = state.driven.entry(&name) else {
        return Ok(Some(access_denied(refuse_to_drive(&state.app, &state.trace, &name, "i2c.open"))));
    };
    let Some(address) = entry.i2c.as_ref().and_then(|grant| grant.addresses.first().copied()) else {
        return Ok(Some(not_wired(&name)));
    };
    // A bus that this machine does not have is no end of the app, which can go on without.
    if let Err(error) = state.driven.open_buses(&name) {
        return Ok(Some(not_found(error.message)));
    }
    Ok(Some(wiring(state.table.add(AppBus(name.into())), address)))
}

fn drop_bus(state: &mut AppState, parameters: &mut Parameters) -> Answered {
    state.table.remove::<AppBus>(take(parameters)?)?;
    Ok(None)
}

fn drop_delay(state: &mut AppState, parameters: &mut Parameters) -> Answered {
    state.table.remove::<AppDelay>(take(parameters)?)?;
    Ok(None)
}

fn get(state: &mut AppState, parameters: &mut Parameters) -> Answered {
    let name: String = take(parameters)?;
    if let Some(entry) = state.driven.entry(&name) {
        return Ok(Some(settings(entry)));
    }
    refuse_to_drive(&state.app, &state.trace, &name, "settings.get");
    Ok(Some(list::<Value>([])))
}

fn warn(state: &mut AppState, parameters: &mut Parameters) -> Answered {
    let message: String = take(parameters)?;
    state.trace.warn(&state.app, &message);
    Ok(None)
}

fn wait_ms(state: &mut AppState, parameters: &mut Parameters) -> Answered {
    let milliseconds: u32 = take(parameters)?;
    state.sleep(Duration::from_millis(milliseconds.into()))?;
    Ok(None)
}
