//! wasi:clocks.

use crate::abi::{IntoValue, Value, take};
use crate::app::context::AppState;
use crate::component::{Answered, HostFunction, Parameters};
use busbar_core::app::Pollable;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const MONOTONIC: &str = "wasi:clocks/monotonic-clock";
const WALL: &str = "wasi:clocks/wall-clock";
/// In nanoseconds.
const MONOTONIC_RESOLUTION: u64 = 1_000;
const WALL_RESOLUTION: Duration = Duration::from_millis(1);

/// The functions of these interfaces.
pub fn functions() -> Vec<HostFunction<AppState>> {
    vec![
        HostFunction::new(MONOTONIC, "now", |state: &mut AppState, _| Ok(Some(state.clock.now_ns().into_value()))),
        HostFunction::new(MONOTONIC, "resolution", |_: &mut AppState, _| Ok(Some(MONOTONIC_RESOLUTION.into_value()))),
        HostFunction::new(MONOTONIC, "subscribe-instant", subscribe_instant),
        HostFunction::new(MONOTONIC, "subscribe-duration", subscribe_duration),
        // A machine whose clock is before 1970 has lost it.
        HostFunction::new(WALL, "now", |_: &mut AppState, _| {
            Ok(Some(datetime(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())))
        }),
        HostFunction::new(WALL, "resolution", |_: &mut AppState, _| Ok(Some(datetime(WALL_RESOLUTION)))),
    ]
}

fn subscribe_instant(state: &mut AppState, parameters: &mut Parameters) -> Answered {
    let when = take(parameters)?;
    Ok(Some(state.table.push(Pollable::At(when))))
}

fn subscribe_duration(state: &mut AppState, parameters: &mut Parameters) -> Answered {
    let duration: u64 = take(parameters)?;
    let when = state.clock.now_ns().saturating_add(duration);
    Ok(Some(state.table.push(Pollable::At(when))))
}

/// `datetime`, of a time since 1970.
pub fn datetime(since_1970: Duration) -> Value {
    Value::Record(vec![since_1970.as_secs().into_value(), since_1970.subsec_nanos().into_value()])
}
