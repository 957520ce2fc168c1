//! What stands between a component and its lines.

use super::{
    Edges, GpioBackend, GpioDirection, GpioEdge, GpioError, GpioErrorCode, GpioLevel, GpioLine, GpioLineUse, GpioState,
    OpenedLine, StateEdge, open_gpio, open_own_pin,
};
use crate::app::{DrivenDevices, PinCall, quotas_of_driven};
use crate::board::{DeviceEntry, parse_board};
use crate::bus::{Backends, BusAccess, OpenedBuses};
use crate::clock::Clock;
use crate::error::HostError;
use crate::grants::DeviceQuota;
use crate::locked::locked;
use crate::trace::{BoardEvent, Trace};
use std::future::pending;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Lines that keep what was done with them, and tell of edges when a test says so.
#[derive(Clone, Default)]
struct FakeLines(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    log: Vec<String>,
    level: Option<GpioLevel>,
    listener: Option<super::EdgeListener>,
    /// What the next write or opening fails with.
    fails: Option<GpioError>,
    refuses: Option<GpioDirection>,
}

impl FakeLines {
    fn log(&self) -> Vec<String> {
        std::mem::take(&mut locked(&self.0).log)
    }

    fn edge(&self, level: GpioLevel, time_ms: f64) {
        if let Some(listener) = &mut locked(&self.0).listener {
            listener(GpioEdge { level, time_ms });
        }
    }
}

struct FakeLine(FakeLines);

impl GpioBackend for FakeLines {
    fn name(&self) -> &str {
        "fakes"
    }

    fn open(&self, usage: &GpioLineUse<'_>) -> Result<Option<Box<dyn GpioLine>>, HostError> {
        let mut state = locked(&self.0);
        let GpioLineUse { device, direction, initial, debounce_ms, .. } = usage;
        if state.refuses == Some(*direction) {
            return Err(HostError::backend(format!("{device}: no such direction.")));
        }
        let debounce = debounce_ms.map_or(String::new(), |ms| format!(" debounce {ms}"));
        state.log.push(format!("open {} {}{debounce}", direction.name(), initial.name()));
        drop(state);
        Ok(Some(Box::new(FakeLine(self.clone()))))
    }
}

impl GpioLine for FakeLine {
    fn read(&mut self) -> Result<GpioLevel, GpioError> {
        locked(&self.0.0).level.ok_or_else(|| GpioError::new(GpioErrorCode::HardwareFault, "no level"))
    }

    fn write(&mut self, level: GpioLevel) -> Result<(), GpioError> {
        let mut state = locked(&self.0.0);
        state.log.push(format!("write {}", level.name()));
        state.fails.take().map_or(Ok(()), Err)
    }

    fn watch(&mut self, listener: super::EdgeListener) -> Result<(), GpioError> {
        let mut state = locked(&self.0.0);
        state.log.push("watch".to_owned());
        state.listener = Some(listener);
        Ok(())
    }

    fn unwatch(&mut self) {
        let mut state = locked(&self.0.0);
        state.log.push("unwatch".to_owned());
        state.listener = None;
    }
}

impl Drop for FakeLine {
    fn drop(&mut self) {
        locked(&self.0.0).log.push("close".to_owned());
    }
}

/// A device with one line "a" of these lines.
struct Device {
    entry: DeviceEntry,
    trace: Trace,
    told: Arc<Mutex<Vec<String>>>,
    quota: Mutex<DeviceQuota>,
    buses: OpenedBuses,
    lines: FakeLines,
}

const DEVICE: &str = "bell";

impl Device {
    /// `line` is what its line has beside its place, and `entry` what the entry has beside its lines.
    fn new(line: &str, entry: &str) -> Self {
        let text = format!(
            r#"{{ "devices": {{ "bell": {{ "driver": "./x.wasm", {entry}
                 "gpio": {{ "lines": {{ "a": {{ "chip": 0, "line": 1, {line} }} }} }} }} }} }}"#
        );
        let board = parse_board(&text, "board.json").expect("it is one");
        let entry = board.device(DEVICE).expect("it is there").clone();
        let clock = Clock::start();
        let told: Arc<Mutex<Vec<String>>> = Arc::default();
        let events = told.clone();
        let listener = move |event: &BoardEvent| {
            if let BoardEvent::Audit(event) = event {
                locked(&events).push(format!("{}: {}: {}", event.call, event.reason, event.enforced));
            }
        };
        let lines = FakeLines::default();
        let backends: [Arc<dyn GpioBackend>; 1] = [Arc::new(lines.clone())];
        let gpio = open_gpio(DEVICE, entry.gpio.as_ref().expect("it has lines"), &backends, clock);
        Self {
            trace: Trace::new(clock, Arc::new(listener)),
            told,
            quota: Mutex::new(DeviceQuota::new(&entry)),
            buses: OpenedBuses { gpio: Some(gpio.expect("it opens")), ..OpenedBuses::default() },
            lines,
            entry,
        }
    }

    fn access(&mut self) -> BusAccess<'_> {
        let Self { entry, trace, quota, buses, .. } = self;
        BusAccess { device: DEVICE, entry, clock: Clock::start(), trace, quota, buses }
    }

    fn pin(&mut self, direction: GpioDirection) -> Result<Arc<OpenedLine>, GpioError> {
        open_own_pin(&self.access(), DEVICE, "a", direction)
    }

    fn told(&self) -> Vec<String> {
        std::mem::take(&mut locked(&self.told))
    }
}

async fn taken(edges: &Edges) -> Vec<StateEdge> {
    edges.wait(Duration::ZERO, pending()).await
}

#[test]
fn an_output_is_inactive_at_the_start_and_at_the_end() {
    let mut relay = Device::new(r#""direction": "out", "activeLevel": "active-low""#, "");
    assert_eq!(relay.lines.log(), ["open out high"]);
    let pin = relay.pin(GpioDirection::Out).expect("it is granted");
    let access = relay.access();
    assert_eq!(access.set_line(&pin, GpioState::Active), Ok(()));
    assert_eq!(access.toggle_line(&pin), Ok(()));
    assert_eq!(access.toggle_line(&pin), Ok(()));
    assert_eq!(relay.lines.log(), ["write low", "write high", "write low"]);
    let lines = relay.lines.clone();
    drop(relay);
    assert_eq!(lines.log(), ["write high", "close"]);
    assert_eq!(pin.read().map_err(|error| error.message), Err("the line is closed".to_owned()));
}

#[test]
fn what_may_be_active_is_made_inactive_also_where_that_failed_and_what_is_not_is_left() {
    let mut relay = Device::new(r#""direction": "out""#, "");
    let pin = relay.pin(GpioDirection::Out).expect("it is granted");
    locked(&relay.lines.0).fails = Some(GpioError::other("loose"));
    assert_eq!(relay.access().set_line(&pin, GpioState::Active), Err(GpioError::other("loose")));
    let lines = relay.lines.clone();
    lines.log();
    // Nor does it hold the line where the last of it fails.
    locked(&lines.0).fails = Some(GpioError::other("loose"));
    drop(relay);
    assert_eq!(lines.log(), ["write low", "close"]);
    let relay = Device::new(r#""direction": "out""#, "");
    let lines = relay.lines.clone();
    drop(relay);
    assert_eq!(lines.log(), ["open out low", "close"]);
}

#[test]
fn states_are_what_levels_mean_on_the_line() {
    for (active_level, state) in [("active-high", GpioState::Active), ("active-low", GpioState::Inactive)] {
        let mut door = Device::new(&format!(r#""direction": "in", "activeLevel": "{active_level}""#), "");
        locked(&door.lines.0).level = Some(GpioLevel::High);
        let pin = door.pin(GpioDirection::In).expect("it is granted");
        assert_eq!(door.access().read_line(&pin), Ok(state));
    }
}

#[test]
fn what_is_not_granted_reaches_no_line_and_is_told() {
    let mut door = Device::new(r#""direction": "in""#, "");
    let refused = |opened: Result<Arc<OpenedLine>, GpioError>| {
        let GpioError { code, message } = opened.err().expect("it is refused");
        (code, message)
    };
    let direction = "\"out\" is not granted for the line \"a\", only \"in\" is";
    assert_eq!(refused(door.pin(GpioDirection::Out)), (GpioErrorCode::PinModeNotAllowed, direction.to_owned()));
    let line = "the line \"b\" is not granted";
    let other = open_own_pin(&door.access(), DEVICE, "b", GpioDirection::In);
    assert_eq!(refused(other), (GpioErrorCode::PinNotAllowed, line.to_owned()));
    let name = "the name \"indoor\" is not this driver's";
    let other = open_own_pin(&door.access(), "indoor", "a", GpioDirection::InOut);
    assert_eq!(refused(other), (GpioErrorCode::PinNotAllowed, name.to_owned()));
    assert_eq!(
        door.told(),
        [
            format!("gpio pin \"out\" of the line \"a\": {direction}: true"),
            format!("gpio pin \"in\" of the line \"b\": {line}: true"),
            format!("gpio.open-in-out(\"indoor\"): {name}: true"),
        ]
    );
    assert_eq!(door.lines.log(), ["open in low"]);
}

#[test]
fn each_call_counts_before_it_reaches_the_line() {
    let mut relay = Device::new(r#""direction": "in-out""#, r#""limits": { "transactionsPerSecond": 1 },"#);
    let pin = relay.pin(GpioDirection::InOut).expect("to be handed one out is none");
    let access = relay.access();
    assert_eq!(access.set_line(&pin, GpioState::Active), Ok(()));
    let reason = "more than 1 transactions in a second";
    let over = Err(GpioError::other(reason));
    assert_eq!(access.read_line(&pin).map(drop), over);
    assert_eq!(access.toggle_line(&pin), over);
    assert_eq!(access.watch_edges(&pin).map(drop), over);
    assert_eq!(access.watch_state(&pin, GpioState::Active).map(drop), over);
    let told = |what: &str| format!("gpio {what} of the line \"a\": {reason}: true");
    assert_eq!(relay.told(), [told("read"), told("set"), told("watch"), told("watch")]);
    assert_eq!(relay.lines.log(), ["open in-out low", "write high"]);
}

#[test]
fn complain_mode_opens_the_line_for_more_than_is_granted_and_keeps_what_is() {
    let mut door = Device::new(r#""direction": "in", "debounceMs": 5"#, r#""enforce": false,"#);
    assert_eq!(door.lines.log(), ["open in low debounce 5"]);
    locked(&door.lines.0).refuses = Some(GpioDirection::InOut);
    let refused = door.pin(GpioDirection::Out).err();
    assert_eq!(refused, Some(GpioError::other("bell: no such direction.")));
    assert_eq!(door.lines.log(), ["close", "open in low debounce 5"]);
    locked(&door.lines.0).refuses = None;
    let pin = door.pin(GpioDirection::Out).expect("it is only told");
    assert_eq!(door.lines.log(), ["close", "open in-out low"]);
    assert_eq!(door.access().set_line(&pin, GpioState::Active), Ok(()));
    let told = "gpio pin \"out\" of the line \"a\": \"out\" is not granted for the line \"a\", only \"in\" is: false";
    assert_eq!(door.told(), [told; 2]);
    let made = locked(&door.quota).recorder.as_ref().map(|recorder| recorder.noted().to_json()["gpio"].clone());
    assert_eq!(made, Some(serde_json::json!({ "lines": { "a": "out" } })));
}

#[tokio::test]
async fn edges_are_kept_in_their_order_up_to_a_bound_for_each_who_listens() {
    let mut door = Device::new(r#""direction": "in", "activeLevel": "active-low""#, "");
    let pin = door.pin(GpioDirection::In).expect("it is granted");
    let first = door.access().watch_edges(&pin).expect("it tells of them");
    door.lines.edge(GpioLevel::Low, 1.0);
    let second = door.access().watch_edges(&pin).expect("it tells of them");
    door.lines.edge(GpioLevel::High, 2.0);
    let edge = |state, time_ms| StateEdge { state, time_ms };
    assert_eq!(taken(&first).await, [edge(GpioState::Active, 1.0), edge(GpioState::Inactive, 2.0)]);
    assert_eq!(taken(&second).await, [edge(GpioState::Inactive, 2.0)]);
    drop(first);
    for count in 0..1030 {
        door.lines.edge(GpioLevel::Low, f64::from(count));
    }
    assert_eq!((second.take_lost(), second.take_lost()), (6, 0));
    let kept = taken(&second).await;
    assert_eq!((kept.len(), kept.first().map(|edge| edge.time_ms)), (1024, Some(6.0)));
    assert_eq!(door.lines.log(), ["open in high", "watch"], "the line is watched once");
    drop(second);
    assert_eq!(door.lines.log(), ["unwatch"]);
}

#[tokio::test]
async fn a_wait_ends_with_an_edge_with_its_time_and_when_another_call_comes() {
    let mut door = Device::new(r#""direction": "in""#, "");
    let pin = door.pin(GpioDirection::In).expect("it is granted");
    let edges = door.access().watch_edges(&pin).expect("it tells of them");
    let lines = door.lines.clone();
    let pressed = async { lines.edge(GpioLevel::High, 7.0) };
    let (told, ()) = tokio::join!(edges.wait(Duration::MAX, pending()), pressed);
    assert_eq!(told, [StateEdge { state: GpioState::Active, time_ms: 7.0 }]);
    assert_eq!(edges.wait(Duration::from_millis(1), pending()).await, []);
    assert_eq!(edges.wait(Duration::MAX, async {}).await, []);
}

#[tokio::test]
async fn a_pollable_is_ready_for_good_once_the_line_has_come_to_its_state() {
    let mut door = Device::new(r#""direction": "in""#, "");
    locked(&door.lines.0).level = Some(GpioLevel::High);
    let clock = Clock::start();
    let pin = door.pin(GpioDirection::In).expect("it is granted");
    let is_there = door.access().watch_state(&pin, GpioState::Active).expect("it is read");
    assert!(is_there.is_ready(clock));
    let rises = door.access().watch_edge(&pin, GpioState::Active).expect("it tells of it");
    let falls = door.access().watch_edge(&pin, GpioState::Inactive).expect("it tells of it");
    assert!(!rises.is_ready(clock) && !falls.is_ready(clock));
    let lines = door.lines.clone();
    let fallen = async { lines.edge(GpioLevel::Low, 1.0) };
    let pollables = [rises.clone(), falls.clone()];
    let (ready, ()) = tokio::join!(crate::app::poll(&pollables, clock), fallen);
    assert_eq!(ready, [1]);
    lines.edge(GpioLevel::High, 2.0);
    assert!(rises.is_ready(clock) && falls.is_ready(clock) && is_there.is_ready(clock));
    assert_eq!(lines.log().last().map(String::as_str), Some("unwatch"), "nobody has to be told any more");
    locked(&door.lines.0).level = None;
    let failed = door.access().watch_state(&pin, GpioState::Active).map(drop);
    assert_eq!(failed, Err(GpioError::new(GpioErrorCode::HardwareFault, "no level")));
    assert!(locked(&door.lines.0).listener.is_none());
}

#[test]
fn an_app_that_drives_a_device_is_judged_as_a_driver_is_before_its_lines_are_opened() {
    let board = r#"{
        "devices": {
            "bell": { "gpio": { "lines": { "a": { "chip": 0, "line": 1, "direction": "in" } } } },
            "air": { "i2c": { "bus": 1, "address": "0x76" } },
            "driven": { "driver": "./x.wasm", "gpio": { "lines": { "a": { "chip": 0, "line": 2, "direction": "in" } } } }
        },
        "apps": { "door": { "component": "./door.wasm", "uses": ["bell", "air", "driven"] } }
    }"#;
    let board = parse_board(board, "board.json").expect("it is one");
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let events = told.clone();
    let clock = Clock::start();
    let trace = Trace::new(
        clock,
        Arc::new(move |event: &BoardEvent| {
            if let BoardEvent::Audit(event) = event {
                locked(&events).push(format!("{}: {}", event.device, event.call));
            }
        }),
    );
    let lines = FakeLines::default();
    let backends = Backends { gpio: vec![Arc::new(lines.clone())], ..Backends::default() };
    let quotas = quotas_of_driven(&board);
    let open = move |device: &str, entry: &DeviceEntry| backends.open(device, entry, clock);
    let app = board.app("door").expect("it is there");
    let mut driven = DrivenDevices::new(app, &board, &quotas, Arc::new(open));
    let mut open = |name: &str, line: &str, direction| {
        let opened = driven.open_pin("door", clock, &trace, &PinCall { name, line, direction });
        opened.map(|line| line.name().to_owned()).map_err(|error| (error.code, error.message))
    };
    let refused = |code, reason: &str| Err((code, reason.to_owned()));
    let name = "the app may not drive \"driven\"; add it to \"apps.door.uses\", as a device without \"driver\"";
    assert_eq!(open("driven", "a", GpioDirection::In), refused(GpioErrorCode::PinNotAllowed, name));
    assert_eq!(
        open("air", "a", GpioDirection::In),
        refused(GpioErrorCode::PinNotAllowed, "the line \"a\" is not granted")
    );
    assert_eq!(
        open("bell", "a", GpioDirection::Out),
        refused(GpioErrorCode::PinModeNotAllowed, "\"out\" is not granted for the line \"a\", only \"in\" is")
    );
    assert_eq!(lines.log(), [""; 0]);
    locked(&lines.0).refuses = Some(GpioDirection::In);
    assert_eq!(open("bell", "a", GpioDirection::In), refused(GpioErrorCode::Other, "bell: no such direction."));
    locked(&lines.0).refuses = None;
    assert_eq!(open("bell", "a", GpioDirection::In), Ok("a".to_owned()));
    assert_eq!(open("bell", "a", GpioDirection::In), Ok("a".to_owned()));
    assert_eq!(lines.log(), ["open in low"], "once");
    drop(driven);
    assert_eq!(lines.log(), ["close"]);
    assert_eq!(
        *locked(&told),
        [
            "door: gpio.open-in(\"driven\")",
            "air: gpio pin \"in\" of the line \"a\"",
            "bell: gpio pin \"out\" of the line \"a\""
        ]
    );
}

#[test]
fn a_chip_that_nobody_has_is_refused_with_who_was_asked() {
    struct Nothing;
    impl GpioBackend for Nothing {
        fn name(&self) -> &str {
            "Linux GPIO"
        }

        fn open(&self, _usage: &GpioLineUse<'_>) -> Result<Option<Box<dyn GpioLine>>, HostError> {
            Ok(None)
        }
    }
    let door = Device::new(r#""direction": "in""#, "");
    let grant = door.entry.gpio.as_ref().expect("it has lines");
    let refused = |backends: &[Arc<dyn GpioBackend>]| {
        open_gpio(DEVICE, grant, backends, Clock::start()).err().map(|error| error.message)
    };
    let asked = |who: &str| {
        Some(format!("bell: there is no GPIO chip 0 (asked {who}); list the chips with \"gpioinfo\", or simulate it."))
    };
    assert_eq!(refused(&[]), asked("no GPIO backend"));
    assert_eq!(refused(&[Arc::new(Nothing), Arc::new(Nothing)]), asked("Linux GPIO and Linux GPIO"));
}
