//! wasi:gpio@0.2.0 and busbar:board/gpio as components get them: a pin is judged when it is handed out, and each call on it counts against the
//! limits of its device.

use super::HoldsHandles;
use crate::abi::{FromValue, IntoValue, Value, list, take};
use crate::component::{Answered, HostFunction, Parameters};
use crate::trap::Trap;
use busbar_core::app::Pollable;
use busbar_core::bus::BusAccess;
use busbar_core::bus::gpio::{
    ActiveLevel, Edges, GpioDirection, GpioError, GpioErrorCode, GpioState, OpenedLine, Pull, StateEdge,
};
use busbar_core::bus::usb::Hurry;
use std::sync::Arc;
use std::time::Duration;

const DIGITAL: &str = "wasi:gpio/digital";
const DELAY: &str = "wasi:gpio/delay";
const BOARD: &str = "busbar:board/gpio";

/// Whoever drives devices on GPIO lines: a driver its one device, an app those that it drives itself.
pub trait DrivesLines: HoldsHandles {
    /// busbar:board/gpio `open-in` and its siblings: the line of a device of this name that it drives.
    fn open_pin(&mut self, name: &str, line: &str, direction: GpioDirection) -> Result<Arc<OpenedLine>, GpioError>;

    /// The device of a pin; none where it drives none of this name.
    fn device_of_pin(&mut self, device: &str) -> Option<BusAccess<'_>>;

    /// Whether another call waits for the current one; none where calls do not wait for each other.
    fn hurry(&self) -> Option<Arc<Hurry>>;
}

/// wasi:gpio/digital `digital-in-pin` and its siblings: the line belongs to whoever drives the device.
#[derive(Clone)]
struct Pin {
    /// The device's name in the board file.
    device: Arc<str>,
    line: Arc<OpenedLine>,
    mode: GpioDirection,
}

/// The functions of these interfaces.
pub fn functions<S: DrivesLines>() -> Vec<HostFunction<S>> {
    let mut functions = Vec::new();
    functions.extend(every_pin([
        "[method]digital-out-pin.get-config",
        "[method]digital-out-pin.watch-for-ready",
        "[resource-drop]digital-out-pin",
    ]));
    functions.extend(every_pin([
        "[method]digital-in-pin.get-config",
        "[method]digital-in-pin.watch-for-ready",
        "[resource-drop]digital-in-pin",
    ]));
    functions.extend(every_pin([
        "[method]digital-in-out-pin.get-config",
        "[method]digital-in-out-pin.watch-for-ready",
        "[resource-drop]digital-in-out-pin",
    ]));
    functions.extend(set_functions([
        "[method]digital-out-pin.set-state",
        "[method]digital-out-pin.set-active",
        "[method]digital-out-pin.set-inactive",
        "[method]digital-out-pin.toggle",
    ]));
    functions.extend(set_functions([
        "[method]digital-in-out-pin.set-state",
        "[method]digital-in-out-pin.set-active",
        "[method]digital-in-out-pin.set-inactive",
        "[method]digital-in-out-pin.toggle",
    ]));
    functions.extend(read_functions([
        "[method]digital-in-pin.read",
        "[method]digital-in-pin.is-active",
        "[method]digital-in-pin.is-inactive",
        "[method]digital-in-pin.watch-state",
        "[method]digital-in-pin.watch-active",
        "[method]digital-in-pin.watch-inactive",
        "[method]digital-in-pin.watch-falling-edge",
        "[method]digital-in-pin.watch-rising-edge",
    ]));
    functions.extend(read_functions([
        "[method]digital-in-out-pin.read",
        "[method]digital-in-out-pin.is-active",
        "[method]digital-in-out-pin.is-inactive",
        "[method]digital-in-out-pin.watch-state",
        "[method]digital-in-out-pin.watch-active",
        "[method]digital-in-out-pin.watch-inactive",
        "[method]digital-in-out-pin.watch-falling-edge",
        "[method]digital-in-out-pin.watch-rising-edge",
    ]));
    functions.extend(delay_functions());
    functions.extend(board_functions());
    functions
}

/// What pins of all modes have.
fn every_pin<S: DrivesLines>([get_config, watch_for_ready, drop]: [&'static str; 3]) -> [HostFunction<S>; 3] {
    [
        HostFunction::new(DIGITAL, get_config, |state: &mut S, parameters: &mut Parameters| {
            Ok(Some(config(state.table().get(take(parameters)?)?)))
        }),
        // A pin is ready from the start: its line was opened before.
        HostFunction::new(DIGITAL, watch_for_ready, |state: &mut S, _: &mut Parameters| {
            Ok(Some(state.table().push(Pollable::At(0))))
        }),
        // The line goes with whoever drives the device.
        HostFunction::new(DIGITAL, drop, |state: &mut S, parameters: &mut Parameters| {
            state.table().remove::<Pin>(take(parameters)?)?;
            Ok(None)
        }),
    ]
}

/// What the pins have that can be set: `set-state`, `set-active`, `set-inactive` and `toggle`.
fn set_functions<S: DrivesLines>([by_state, active, inactive, toggle]: [&'static str; 4]) -> [HostFunction<S>; 4] {
    let set = |state: &mut S, pin: &Pin, wanted: GpioState| {
        done(with_line(state, pin, |access, line| access.set_line(line, wanted))?)
    };
    let set_to = move |name, wanted| {
        HostFunction::new(DIGITAL, name, move |state: &mut S, parameters: &mut Parameters| {
            let pin = pin(state, parameters)?;
            set(state, &pin, wanted)
        })
    };
    [
        HostFunction::new(DIGITAL, by_state, move |state: &mut S, parameters: &mut Parameters| {
            let pin = pin(state, parameters)?;
            set(state, &pin, take(parameters)?)
        }),
        set_to(active, GpioState::Active),
        set_to(inactive, GpioState::Inactive),
        HostFunction::new(DIGITAL, toggle, |state: &mut S, parameters: &mut Parameters| {
            let pin = pin(state, parameters)?;
            done(with_line(state, &pin, |access, line| access.toggle_line(line))?)
        }),
    ]
}

/// What the pins have that can be read: `read`, `is-active`, `is-inactive`, `watch-state`, `watch-active`, `watch-inactive`,
/// `watch-falling-edge` and `watch-rising-edge`.
fn read_functions<S: DrivesLines>(names: [&'static str; 8]) -> [HostFunction<S>; 8] {
    let [read, is_active, is_inactive, by_state, active, inactive, falling, rising] = names;
    let is = |name, wanted| {
        HostFunction::new(DIGITAL, name, move |state: &mut S, parameters: &mut Parameters| {
            let pin = pin(state, parameters)?;
            let found = with_line(state, &pin, |access, line| access.read_line(line))?;
            answer(found.map(|found| (found == wanted).into_value()))
        })
    };
    let watch_state = |name, wanted| {
        HostFunction::new(DIGITAL, name, move |state: &mut S, parameters: &mut Parameters| {
            let pin = pin(state, parameters)?;
            let watched = with_line(state, &pin, |access, line| access.watch_state(line, wanted))?;
            answer(watched.map(|pollable| state.table().push(pollable)))
        })
    };
    let watch_edge = |name, wanted| {
        HostFunction::new(DIGITAL, name, move |state: &mut S, parameters: &mut Parameters| {
            let pin = pin(state, parameters)?;
            let watched = with_line(state, &pin, |access, line| access.watch_edge(line, wanted))?;
            answer(watched.map(|pollable| state.table().push(pollable)))
        })
    };
    [
        HostFunction::new(DIGITAL, read, |state: &mut S, parameters: &mut Parameters| {
            let pin = pin(state, parameters)?;
            answer(with_line(state, &pin, |access, line| access.read_line(line))?.map(state_value))
        }),
        is(is_active, GpioState::Active),
        is(is_inactive, GpioState::Inactive),
        HostFunction::new(DIGITAL, by_state, |state: &mut S, parameters: &mut Parameters| {
            let pin = pin(state, parameters)?;
            let wanted = take(parameters)?;
            let watched = with_line(state, &pin, |access, line| access.watch_state(line, wanted))?;
            answer(watched.map(|pollable| state.table().push(pollable)))
        }),
        watch_state(active, GpioState::Active),
        watch_state(inactive, GpioState::Inactive),
        // Falling: the line becomes inactive, whichever voltage that is.
        watch_edge(falling, GpioState::Inactive),
        watch_edge(rising, GpioState::Active),
    ]
}

/// Each waits as a part of the current call, whose limit ends it.
fn delay_functions<S: DrivesLines>() -> [HostFunction<S>; 3] {
    let delay = |name, unit: fn(u64) -> Duration| {
        HostFunction::new(DELAY, name, move |state: &mut S, parameters: &mut Parameters| {
            let count: u32 = take(parameters)?;
            state.pace().sleep(unit(count.into()))?;
            Ok(None)
        })
    };
    [
        delay("delay-ns", Duration::from_nanos),
        delay("delay-us", Duration::from_micros),
        delay("delay-ms", Duration::from_millis),
    ]
}

fn board_functions<S: DrivesLines>() -> [HostFunction<S>; 7] {
    let open = |name, mode| {
        HostFunction::new(BOARD, name, move |state: &mut S, parameters: &mut Parameters| open(state, mode, parameters))
    };
    [
        open("open-in", GpioDirection::In),
        open("open-out", GpioDirection::Out),
        open("open-in-out", GpioDirection::InOut),
        HostFunction::new(BOARD, "watch-edges", |state: &mut S, parameters: &mut Parameters| {
            let pin = pin(state, parameters)?;
            let edges = with_line(state, &pin, |access, line| access.watch_edges(line))?;
            answer(edges.map(|edges| state.table().push(Arc::new(edges))))
        }),
        HostFunction::new(BOARD, "[method]edges.wait", wait),
        HostFunction::new(BOARD, "[method]edges.lost", |state: &mut S, parameters: &mut Parameters| {
            let edges: &Arc<Edges> = state.table().get(take(parameters)?)?;
            Ok(Some(edges.take_lost().into_value()))
        }),
        HostFunction::new(BOARD, "[resource-drop]edges", |state: &mut S, parameters: &mut Parameters| {
            state.table().remove::<Arc<Edges>>(take(parameters)?)?;
            Ok(None)
        }),
    ]
}

fn open<S: DrivesLines>(state: &mut S, mode: GpioDirection, parameters: &mut Parameters) -> Answered {
    let (name, line): (String, String) = (take(parameters)?, take(parameters)?);
    let opened = state.open_pin(&name, &line, mode);
    answer(opened.map(|line| state.table().push(Pin { device: name.into(), line, mode })))
}

/// Waits as a part of the current call, and less long where another call waits for its turn.
fn wait<S: DrivesLines>(state: &mut S, parameters: &mut Parameters) -> Answered {
    let edges: Arc<Edges> = state.table().get(take(parameters)?).cloned()?;
    let timeout_ms: u32 = take(parameters)?;
    let hurry = state.hurry();
    let hurried = async {
        match &hurry {
            Some(hurry) => hurry.hurried().await,
            None => std::future::pending().await,
        }
    };
    let taken = state.pace().wait(edges.wait(Duration::from_millis(timeout_ms.into()), hurried))?;
    answer(Ok(list(taken.into_iter().map(edge_value))))
}

/// The pin that a function is called with.
fn pin<S: DrivesLines>(state: &mut S, parameters: &mut Parameters) -> Result<Pin, Trap> {
    state.table().get(take(parameters)?).cloned()
}

/// What a pin does with its line.
fn with_line<S: DrivesLines, T>(
    state: &mut S,
    Pin { device, line, .. }: &Pin,
    act: impl FnOnce(&BusAccess<'_>, &Arc<OpenedLine>) -> Result<T, GpioError>,
) -> Result<Result<T, GpioError>, Trap> {
    let access = state.device_of_pin(device).ok_or_else(|| Trap::failed("a handle of a pin is none"))?;
    Ok(act(&access, line))
}

/// wasi:gpio/digital `digital-config`.
fn config(Pin { line, mode, .. }: &Pin) -> Value {
    let grant = line.grant();
    let mode = match mode {
        GpioDirection::In => 0,
        GpioDirection::Out => 1,
        GpioDirection::InOut => 2,
    };
    let active = match grant.active_level {
        ActiveLevel::High => 0,
        ActiveLevel::Low => 1,
    };
    let pull = grant.pull.map(|pull| match pull {
        Pull::Up => Value::case(0),
        Pull::Down => Value::case(1),
    });
    Value::Record(vec![line.name().to_owned().into_value(), Value::case(mode), Value::case(active), pull.into_value()])
}

/// busbar:board/gpio `edge`.
fn edge_value(StateEdge { state, time_ms }: StateEdge) -> Value {
    Value::Record(vec![state_value(state), time_ms.into_value()])
}

/// wasi:gpio/digital `pin-state`.
fn state_value(state: GpioState) -> Value {
    match state {
        GpioState::Active => Value::case(0),
        GpioState::Inactive => Value::case(1),
    }
}

impl FromValue for GpioState {
    /// wasi:gpio/digital `pin-state`.
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Variant(0, None) => Some(Self::Active),
            Value::Variant(1, None) => Some(Self::Inactive),
            _ => None,
        }
    }
}

fn done(done: Result<(), GpioError>) -> Answered {
    Ok(Some(done.map_or_else(|failed| Value::error(Some(error(failed))), |()| Value::ok(None))))
}

fn answer(answer: Result<Value, GpioError>) -> Answered {
    Ok(Some(answer.map_or_else(|failed| Value::error(Some(error(failed))), |value| Value::ok(Some(value)))))
}

/// wasi:gpio/general `gpio-error`.
fn error(GpioError { code, message }: GpioError) -> Value {
    match code {
        GpioErrorCode::HardwareFault => Value::case(0),
        GpioErrorCode::AlreadyInUse => Value::case(1),
        GpioErrorCode::PinNotAllowed => Value::case(2),
        GpioErrorCode::PinModeNotAllowed => Value::case(3),
        GpioErrorCode::UndefinedPinLabel => Value::case(4),
        GpioErrorCode::PinModeNotAvailable => Value::case(5),
        GpioErrorCode::WouldBlock => Value::case(6),
        GpioErrorCode::OperationNotSupported => Value::case(7),
        GpioErrorCode::Other => Value::Variant(8, Some(Box::new(message.into_value()))),
    }
}
