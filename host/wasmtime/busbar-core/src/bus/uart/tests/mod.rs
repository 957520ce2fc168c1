use super::{
    Later, OpenedUart, UartBackend, UartCall, UartError, UartErrorCode, UartEvent, UartLine, UartPort, UartUsage,
    UartWatch, UartWiring, open_own_uart,
};
use crate::app::{DrivenDevices, quotas_of_driven};
use crate::board::{Board, DeviceEntry, parse_board};
use crate::bus::{Backends, BusAccess, OpenedBuses};
use crate::clock::Clock;
use crate::error::HostError;
use crate::grants::DeviceQuota;
use crate::locked::locked;
use crate::trace::{BoardEvent, Trace};
use std::future::{pending, ready};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

/// What a fake port was asked, and what it answers.
struct State {
    log: Vec<String>,
    is_there: bool,
    /// What every call fails with.
    fails: Option<UartError>,
    refuses: bool,
}

/// A backend with one port.
#[derive(Clone)]
struct FakePorts {
    state: Arc<Mutex<State>>,
    /// What comes and goes.
    events: watch::Sender<UartEvent>,
}

impl FakePorts {
    fn new(is_there: bool) -> Self {
        let state = State { log: Vec::new(), is_there, fails: None, refuses: false };
        Self { state: Arc::new(Mutex::new(state)), events: watch::Sender::new(UartEvent::Left) }
    }

    fn log(&self) -> Vec<String> {
        std::mem::take(&mut locked(&self.state).log)
    }

    fn note(&self, call: impl Into<String>) {
        locked(&self.state).log.push(call.into());
    }

    fn becomes(&self, event: UartEvent) {
        locked(&self.state).is_there = event == UartEvent::Arrived;
        self.events.send_replace(event);
    }
}

impl UartBackend for FakePorts {
    fn name(&self) -> &str {
        "fake"
    }

    fn open(&self, port: &str, usage: &UartUsage<'_>) -> Result<Option<Arc<dyn UartPort>>, HostError> {
        if locked(&self.state).refuses {
            return Err(HostError::backend(format!("{}: no such settings.", usage.device)));
        }
        if !locked(&self.state).is_there {
            return Ok(None);
        }
        self.note(format!("open {port} {}", usage.settings.baud_rate));
        Ok(Some(Arc::new(FakePort(self.clone()))))
    }

    fn has(&self, _port: &str) -> bool {
        locked(&self.state).is_there
    }

    fn watch(&self, _port: &str) -> Box<dyn UartWatch> {
        Box::new(FakeWatch(self.events.subscribe()))
    }
}

struct FakeWatch(watch::Receiver<UartEvent>);

impl UartWatch for FakeWatch {
    fn next(&mut self) -> Later<'_, UartEvent> {
        Box::pin(async {
            self.0.changed().await.expect("the test has the ports");
            *self.0.borrow_and_update()
        })
    }
}

struct FakePort(FakePorts);

impl FakePort {
    fn call(&self, call: impl Into<String>) -> Result<(), UartError> {
        self.0.note(call);
        locked(&self.0.state).fails.clone().map_or(Ok(()), Err)
    }
}

impl UartPort for FakePort {
    fn read(&self, maximum: usize, timeout: Duration) -> Later<'_, Result<Vec<u8>, UartError>> {
        let called = self.call(format!("read {maximum}"));
        Box::pin(async move {
            if timeout > Duration::from_secs(1) {
                pending::<()>().await;
            }
            called.map(|()| vec![7])
        })
    }

    fn write<'a>(&'a self, data: &'a [u8]) -> Later<'a, Result<(), UartError>> {
        Box::pin(ready(self.call(format!("write {data:?}"))))
    }

    fn drain(&self) -> Later<'_, Result<(), UartError>> {
        Box::pin(ready(self.call("drain")))
    }

    fn discard(&self) -> Result<(), UartError> {
        self.call("discard")
    }

    fn set_baud_rate(&self, baud_rate: u32) -> Later<'_, Result<(), UartError>> {
        Box::pin(ready(self.call(format!("speed {baud_rate}"))))
    }

    fn close(&self) -> Later<'_, ()> {
        self.0.note("close");
        Box::pin(ready(()))
    }
}

const DEVICE: &str = "gps";

/// What was told, as lines of text.
type Told = Arc<Mutex<Vec<String>>>;

fn trace_of(clock: Clock) -> (Trace, Told) {
    let told = Told::default();
    let events = told.clone();
    let listener = move |event: &BoardEvent| {
        if let BoardEvent::Audit(event) = event {
            locked(&events).push(format!("{}: {}: {}", event.call, event.reason, event.enforced));
        }
    };
    (Trace::new(clock, Arc::new(listener)), told)
}

/// A device with a port, which its driver has open.
struct Device {
    entry: DeviceEntry,
    trace: Trace,
    told: Told,
    quota: Mutex<DeviceQuota>,
    buses: OpenedBuses,
    ports: FakePorts,
    opened: Arc<OpenedUart>,
}

impl Device {
    /// `uart` is what its port has beside its name, and `entry` what the entry has beside that.
    fn new(uart: &str, entry: &str) -> Self {
        let text = format!(
            r#"{{ "devices": {{ "gps": {{ "driver": "./x.wasm", {entry} "uart": {{ "port": "ttyUSB0" {uart} }} }} }} }}"#
        );
        let entry = parse_board(&text, "board.json").expect("it is one").device(DEVICE).expect("it is there").clone();
        let ports = FakePorts::new(true);
        let wiring = wiring(&entry, &ports);
        let opened = wiring.open_now().expect("it can be used").expect("it is there");
        assert_eq!(ports.log(), ["open ttyUSB0 9600"]);
        let (trace, told) = trace_of(Clock::start());
        let line = UartLine::of(wiring, opened.clone());
        Self {
            trace,
            told,
            quota: Mutex::new(DeviceQuota::new(&entry)),
            buses: OpenedBuses { uart: Some(line), ..OpenedBuses::default() },
            ports,
            opened,
            entry,
        }
    }

    fn access(&mut self) -> BusAccess<'_> {
        let Self { entry, trace, quota, buses, .. } = self;
        BusAccess { device: DEVICE, entry, clock: Clock::start(), trace, quota, buses }
    }

    fn told(&self) -> Vec<String> {
        std::mem::take(&mut locked(&self.told))
    }
}

fn wiring(entry: &DeviceEntry, ports: &FakePorts) -> UartWiring {
    let backends: [Arc<dyn UartBackend>; 1] = [Arc::new(ports.clone())];
    UartWiring::new(DEVICE, entry.uart.as_ref().expect("it has a port"), &backends)
}

#[test]
fn what_is_not_granted_is_told_and_denied() {
    let mut gps = Device::new(r#", "direction": "read", "maximumLength": 9, "baudRates": [4800]"#, "");
    let access = gps.access();
    for call in [UartCall::Read(9), UartCall::Discard, UartCall::SetBaudRate(4800), UartCall::SetBaudRate(9600)] {
        assert_eq!(access.uart(call), Ok(()), "{call:?}");
    }
    let denied = [
        (UartCall::Read(10), "read 10", "a read of 10 bytes; 1 to 9 are granted"),
        (UartCall::Write(1), "write 1", "a write is not granted, only \"read\" is"),
        (UartCall::Drain, "drain", "a drain is not granted, only \"read\" is"),
        (UartCall::SetBaudRate(115_200), "set-baud-rate 115200", "115200 baud are not granted, only 9600, 4800"),
    ];
    for (call, _, reason) in denied {
        assert_eq!(access.uart(call), Err(UartError::denied(reason)));
    }
    let lines: Vec<String> = denied
        .iter()
        .map(|(_, shown, reason)| format!("uart on the port \"ttyUSB0\": {shown}: {reason}: true"))
        .collect();
    // Of one kind, a few are told and then counted; these are of four.
    assert_eq!(gps.told(), lines);
}

#[test]
fn each_call_counts_against_the_limits_of_the_entry() {
    let mut gps = Device::new("", r#""limits": { "transactionsPerSecond": 1 },"#);
    let access = gps.access();
    assert_eq!(access.uart(UartCall::Drain), Ok(()));
    let reason = "more than 1 transactions in a second";
    assert_eq!(access.uart(UartCall::Read(1)), Err(UartError::denied(reason)));
    assert_eq!(gps.told(), [format!("uart on the port \"ttyUSB0\": read 1: {reason}: true")]);
}

#[test]
fn complain_mode_tells_of_what_is_too_much_and_keeps_what_is_done() {
    let mut gps = Device::new(r#", "direction": "read""#, r#""enforce": false,"#);
    let access = gps.access();
    assert_eq!(access.uart(UartCall::Write(3)), Ok(()));
    assert_eq!(access.uart(UartCall::SetBaudRate(4800)), Ok(()));
    assert_eq!(access.uart(UartCall::Read(4097)).map_err(|error| error.code), Err(UartErrorCode::Denied));
    assert_eq!(gps.told().len(), 3);
    let made = locked(&gps.quota).recorder.as_ref().map(|recorder| recorder.noted().to_json()["uart"].clone());
    let expected = serde_json::json!({ "reads": false, "writes": true, "maximumLength": 3, "baudRates": [4800] });
    assert_eq!(made, Some(expected));
}

#[test]
fn a_driver_has_the_port_of_its_own_name_only() {
    let mut gps = Device::new("", "");
    assert!(open_own_uart(&gps.access(), DEVICE).is_ok());
    let reason = "the name \"other\" is not this driver's";
    assert_eq!(open_own_uart(&gps.access(), "other").err(), Some(UartError::denied(reason)));
    assert_eq!(gps.told(), [format!("uart.open(\"other\"): {reason}: true")]);
    gps.buses.uart = None;
    assert_eq!(open_own_uart(&gps.access(), DEVICE).err(), Some(UartError::other("the port is closed")));
}

#[tokio::test]
async fn what_is_done_reaches_the_port_and_another_speed_is_that_of_its_settings() {
    let gps = Device::new("", "");
    let port = &gps.opened;
    assert_eq!(port.read(9, Duration::ZERO, pending()).await, Ok(vec![7]));
    assert_eq!(port.write(&[1]).await, Ok(()));
    assert_eq!((port.drain().await, port.discard()), (Ok(()), Ok(())));
    assert_eq!(port.settings().baud_rate, 9600);
    assert_eq!(port.set_baud_rate(4800).await, Ok(()));
    assert_eq!(port.settings().baud_rate, 4800);
    assert_eq!(gps.ports.log(), ["read 9", "write [1]", "drain", "discard", "speed 4800"]);
    // Another call waits for its turn.
    assert_eq!(port.read(9, Duration::MAX, async {}).await, Ok(vec![]));
    locked(&gps.ports.state).fails = Some(UartError::other("loose"));
    assert_eq!(port.set_baud_rate(9600).await, Err(UartError::other("loose")));
    assert_eq!((port.settings().baud_rate, port.lost()), (4800, None));
}

#[tokio::test]
async fn a_port_is_gone_when_a_call_or_the_platform_says_so() {
    let gone = |port: &str| Some(format!("the serial port \"{port}\" was unplugged"));
    let gps = Device::new("", "");
    locked(&gps.ports.state).fails = Some(UartError::new(UartErrorCode::Disconnected, "pulled out"));
    assert_eq!(gps.opened.discard().map_err(|error| error.code), Err(UartErrorCode::Disconnected));
    let wiring = wiring(&gps.entry, &gps.ports);
    assert_eq!(wiring.leaving(&gps.opened).await, gone("ttyUSB0"));

    let gps = Device::new("", "");
    let left = async {
        tokio::task::yield_now().await;
        gps.ports.becomes(UartEvent::Left);
    };
    let wiring = self::wiring(&gps.entry, &gps.ports);
    assert_eq!(tokio::join!(wiring.leaving(&gps.opened), left).0, gone("ttyUSB0"));

    let gps = Device::new("", "");
    let ended = async {
        tokio::task::yield_now().await;
        gps.opened.end().await;
    };
    assert_eq!(tokio::join!(wiring.leaving(&gps.opened), ended).0, None);
    assert_eq!(gps.ports.log(), ["close"]);
}

#[tokio::test]
async fn a_port_that_is_not_there_is_waited_for_and_one_that_cannot_be_used_is_not() {
    let entry = Device::new("", "").entry;
    let ports = FakePorts::new(false);
    let wiring = wiring(&entry, &ports);
    let absence = "there is no serial port \"ttyUSB0\" (asked fake); plug it in, or correct the entry";
    assert_eq!((wiring.absence(), wiring.is_there()), (absence.to_owned(), false));
    let told = Mutex::new(Vec::new());
    let arrives = async {
        tokio::task::yield_now().await;
        assert_eq!(ports.log(), [""; 0]);
        ports.becomes(UartEvent::Arrived);
    };
    let (opened, ()) = tokio::join!(wiring.open(|reason| locked(&told).push(reason.to_owned())), arrives);
    assert!(opened.is_ok());
    assert_eq!(*locked(&told), [absence]);
    wiring.arriving().await;
    locked(&ports.state).refuses = true;
    let refused = wiring.open(|_| {}).await.err().map(|error| error.message);
    assert_eq!(refused.as_deref(), Some("gps: no such settings."));
    let nowhere = UartWiring::new(DEVICE, entry.uart.as_ref().expect("it has a port"), &[]);
    assert_eq!(
        nowhere.open(|_| {}).await.err().map(|error| error.message).as_deref(),
        Some("gps: there are no serial ports here; simulate the port, or run where there is one.")
    );
}

#[tokio::test]
async fn a_trial_has_a_port_with_which_nothing_can_be_done() {
    let entry = Device::new("", "").entry;
    let line = Backends::trial(&entry).uart.expect("it has a port");
    let opened = line.opened().expect("it is open");
    assert_eq!(opened.settings().baud_rate, 9600);
    let failed = UartError::other("this is a trial without a port");
    assert_eq!(opened.read(1, Duration::ZERO, pending()).await, Err(failed.clone()));
    assert_eq!(opened.write(&[1]).await, Err(failed.clone()));
    assert_eq!(opened.drain().await, Err(failed.clone()));
    assert_eq!(opened.discard(), Err(failed.clone()));
    assert_eq!(opened.set_baud_rate(9600).await, Err(failed));
    line.end().await;
}

fn board_of_app() -> Board {
    let board = r#"{
        "devices": {
            "gps": { "uart": { "port": "ttyUSB0" } },
            "air": { "i2c": { "bus": 1, "address": "0x76" } },
            "driven": { "driver": "./x.wasm", "uart": { "port": "ttyUSB1" } }
        },
        "apps": { "tracker": { "component": "./tracker.wasm", "uses": ["gps", "air", "driven"] } }
    }"#;
    parse_board(board, "board.json").expect("it is one")
}

#[tokio::test]
async fn an_app_that_drives_a_device_opens_its_port_once_and_anew_where_it_was_unplugged() {
    let board = board_of_app();
    let clock = Clock::start();
    let (trace, told) = trace_of(clock);
    let ports = FakePorts::new(false);
    let backends = Backends { uart: vec![Arc::new(ports.clone())], ..Backends::default() };
    let quotas = quotas_of_driven(&board);
    let open = move |device: &str, entry: &DeviceEntry| backends.open(device, entry, clock);
    let app = board.app("tracker").expect("it is there");
    let mut driven = DrivenDevices::new(app, &board, &quotas, Arc::new(open));
    let mut open = async |name: &'static str| driven.open_uart("tracker", &trace, name).await;
    let name = "the app may not drive \"driven\"; add it to \"apps.tracker.uses\", as a device without \"driver\"";
    assert_eq!(open("driven").await.err(), Some(UartError::denied(name)));
    assert_eq!(*locked(&told), [format!("uart.open(\"driven\"): {name}: true")]);
    let other = UartError::denied("the board wires no serial port to \"air\"");
    assert_eq!(open("air").await.err(), Some(other));
    let absence = "gps: there is no serial port \"ttyUSB0\" (asked fake); plug it in, or correct the entry.";
    assert_eq!(open("gps").await.err(), Some(UartError::other(absence)));
    ports.becomes(UartEvent::Arrived);
    let first = open("gps").await.expect("it is there");
    assert!(Arc::ptr_eq(&first, &open("gps").await.expect("it is there")));
    first.leave();
    let second = open("gps").await.expect("it is there again");
    assert!(!Arc::ptr_eq(&first, &second));
    assert_eq!(ports.log(), ["open ttyUSB0 9600", "close", "open ttyUSB0 9600"]);
    assert_eq!(driven.opened_uarts().len(), 1);
    for port in driven.opened_uarts() {
        port.end().await;
    }
    assert_eq!(ports.log(), ["close"]);
}
