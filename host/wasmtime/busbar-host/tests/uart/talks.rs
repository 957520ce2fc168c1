//! A driver of a few lines on a simulated port, on which what is sent is received.

use crate::encode::component;
use crate::uart_talker::{CORE, WORLDS};
use crate::workspace::{TemporaryFolder, on_one_thread, open_board};
use busbar_host::OpenBoard;
use busbar_host::board::parse_board;
use busbar_host::device::{Argument, CallFailure, CallableComponent, CallsFunctions};
use busbar_host::trace::BoardEvent;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

struct Fixture {
    board: OpenBoard,
    _folder: TemporaryFolder,
    /// What was told, as lines of text.
    told: Arc<Mutex<Vec<String>>>,
}

impl Fixture {
    /// `uart` and `entry` are what the port and the entry have beside the rest, and `faults` the simulated port.
    fn open(uart: &Value, entry: &Value, faults: &Value) -> Self {
        let folder = TemporaryFolder::with(&[("talker.wasm", component(WORLDS, "talker", CORE))]);
        let mut wired = json!({ "driver": "./talker.wasm", "uart": { "port": "sim", "baudRate": 115_200 } });
        for (key, value) in uart.as_object().expect("an object") {
            wired["uart"][key] = value.clone();
        }
        for (key, value) in entry.as_object().expect("an object") {
            wired[key] = value.clone();
        }
        let board = json!({
            "devices": { "part": wired },
            "simulate": [{ "uart": "sim", "model": "loopback", "faults": faults }],
        });
        let board = parse_board(&board.to_string(), "board.json").expect("the board is right");
        let told: Arc<Mutex<Vec<_>>> = Arc::default();
        let events = told.clone();
        let listener = move |event: &BoardEvent| {
            let line = match event {
                BoardEvent::Audit(event) => format!("{}: {}: {}", event.call, event.reason, event.enforced),
                BoardEvent::Lifecycle(event) => {
                    format!("{} {}", event.event.name(), event.reason.as_deref().unwrap_or_default())
                }
                BoardEvent::Warning(event) => event.message.clone(),
            };
            events.lock().expect("nobody panics with it").push(line);
        };
        let simulated = board.simulate.clone();
        let board = open_board(board, folder.path(), &simulated, Vec::new(), Arc::new(listener));
        Self { board, _folder: folder, told }
    }

    fn plain() -> Self {
        Self::open(&json!({}), &json!({}), &json!([]))
    }

    async fn call(&self, function: &str, arguments: &[Value]) -> Result<Option<Value>, CallFailure> {
        let component: CallableComponent = self.board.component("part").await.expect("it starts");
        let name = format!("talk/{function}");
        let function = component.functions().iter().find(|each| each.name() == name).expect("it exports it");
        let arguments: Vec<_> = arguments.iter().cloned().map(Argument::Json).collect();
        component.call(function, &arguments).await
    }

    async fn read(&self, maximum: u32, timeout_ms: u32) -> Result<Option<Value>, CallFailure> {
        self.call("read", &[json!("part"), json!(maximum), json!(timeout_ms)]).await
    }

    /// What was told since it was asked last.
    fn told(&self) -> Vec<String> {
        std::mem::take(&mut *self.told.lock().expect("nobody panics with it"))
    }

    /// Waits until so much was told.
    async fn telling(&self, length: usize) -> Vec<String> {
        while self.told.lock().expect("nobody panics with it").len() < length {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        self.told()
    }
}

/// The case of an error that a guest was told, and the text that it has.
fn error(result: Result<Option<Value>, CallFailure>) -> (String, Option<String>) {
    match result {
        Err(CallFailure::Returned(error)) => {
            let payload = error.payload.expect("an error");
            let text = |key: &str| payload[key].as_str().map(str::to_owned);
            (text("tag").expect("a case"), text("val"))
        }
        other => panic!("it is no error: {other:?}"),
    }
}

fn denied(reason: &str) -> (String, Option<String>) {
    ("denied".to_owned(), Some(reason.to_owned()))
}

#[test]
fn a_driver_reads_and_writes_its_port_and_goes_to_another_speed() {
    on_one_thread(async {
        let fixture = Fixture::open(&json!({ "parity": "even", "baudRates": [9600] }), &json!({}), &json!([]));
        assert_eq!(fixture.call("write", &[json!("part"), json!([1, 2, 255])]).await, Ok(None));
        assert_eq!(fixture.call("drain", &[json!("part")]).await, Ok(None));
        assert_eq!(fixture.read(2, 10_000).await, Ok(Some(json!([1, 2]))));
        assert_eq!(fixture.read(9, 0).await, Ok(Some(json!([255]))));
        assert_eq!(fixture.read(9, 1).await, Ok(Some(json!([]))));
        assert_eq!(fixture.call("write", &[json!("part"), json!([1])]).await, Ok(None));
        assert_eq!(fixture.call("discard", &[json!("part")]).await, Ok(None));
        let settings =
            json!({ "baudRate": 9600, "dataBits": 8, "parity": "even", "stopBits": 1, "flowControl": "none" });
        assert_eq!(fixture.call("switch", &[json!("part"), json!(9600)]).await, Ok(Some(settings)));
        assert_eq!(fixture.told(), ["started "]);
        fixture.board.close().await;
    });
}

#[test]
fn what_is_not_granted_reaches_no_port_and_is_told() {
    on_one_thread(async {
        let fixture = Fixture::open(&json!({ "direction": "read", "maximumLength": 2 }), &json!({}), &json!([]));
        let direction = "a write is not granted, only \"read\" is";
        assert_eq!(error(fixture.call("write", &[json!("part"), json!([1])]).await), denied(direction));
        let length = "a read of 3 bytes; 1 to 2 are granted";
        assert_eq!(error(fixture.read(3, 0).await), denied(length));
        let speed = "9600 baud are not granted, only 115200";
        assert_eq!(error(fixture.call("switch", &[json!("part"), json!(9600)]).await), denied(speed));
        let name = "the name \"other\" is not this driver's";
        assert_eq!(error(fixture.call("drain", &[json!("other")]).await), denied(name));
        assert_eq!(
            fixture.told()[1..],
            [
                format!("uart on the port \"sim\": write 1: {direction}: true"),
                format!("uart on the port \"sim\": read 3: {length}: true"),
                format!("uart on the port \"sim\": set-baud-rate 9600: {speed}: true"),
                format!("uart.open(\"other\"): {name}: true"),
            ]
        );
        fixture.board.close().await;
    });
}

#[test]
fn a_wait_ends_with_the_time_of_its_call() {
    on_one_thread(async {
        let fixture = Fixture::open(&json!({}), &json!({ "limits": { "callMs": 200 } }), &json!([]));
        let ended = fixture.read(1, 60_000).await.expect_err("it ends").to_string();
        assert_eq!(ended, "part: the driver took longer than its limit of 200 ms");
        // The next life has the port again.
        assert_eq!(fixture.call("drain", &[json!("part")]).await, Ok(None));
        fixture.board.close().await;
    });
}

#[test]
fn what_happens_to_bytes_on_the_line_is_told_to_the_guest() {
    on_one_thread(async {
        let faults = ["framing", "parity", "break", "overrun"];
        let injected: Vec<Value> =
            faults.iter().zip(1..).map(|(fault, call)| json!({ "fault": fault, "call": call })).collect();
        let fixture = Fixture::open(&json!({}), &json!({}), &json!(injected));
        for fault in faults {
            assert_eq!(error(fixture.read(1, 0).await), (fault.to_owned(), None));
        }
        assert_eq!(fixture.read(1, 0).await, Ok(Some(json!([]))));
        fixture.board.close().await;
    });
}

#[test]
fn a_driver_lives_as_long_as_its_port_is_there_and_starts_again_when_it_is_back() {
    on_one_thread(async {
        let fixture = Fixture::open(&json!({}), &json!({}), &json!([{ "fault": "disconnected", "call": 2 }]));
        assert_eq!(fixture.read(1, 0).await, Ok(Some(json!([]))));
        assert_eq!(error(fixture.read(1, 0).await).0, "disconnected");
        let reason = "the serial port \"sim\" was unplugged";
        assert_eq!(fixture.telling(3).await, ["started ", &format!("stopped {reason}"), "started "]);
        assert_eq!(fixture.call("write", &[json!("part"), json!([7])]).await, Ok(None));
        assert_eq!(fixture.read(1, 10_000).await, Ok(Some(json!([7]))));
        fixture.board.close().await;
        assert_eq!(fixture.told(), ["stopped the board was closed"]);
    });
}

#[test]
fn who_asks_for_a_driver_whose_port_is_unplugged_waits_and_is_told_why() {
    on_one_thread(async {
        let fixture = Fixture::open(&json!({}), &json!({}), &json!([{ "fault": "disconnected" }]));
        assert_eq!(error(fixture.read(1, 0).await).0, "disconnected");
        assert_eq!(fixture.telling(2).await.len(), 2);
        assert_eq!(fixture.read(1, 0).await, Ok(Some(json!([]))));
        let absence = "there is no serial port \"sim\" (asked simulator); plug it in, or correct the entry";
        assert_eq!(fixture.told(), [format!("waiting {absence}"), "started ".to_owned()]);
        fixture.board.close().await;
    });
}

#[test]
fn what_imports_it_needs_the_grant() {
    on_one_thread(async {
        let folder = TemporaryFolder::with(&[("talker.wasm", component(WORLDS, "talker", CORE))]);
        let board =
            json!({ "devices": { "part": { "driver": "./talker.wasm", "i2c": { "bus": "sim", "address": "0x50" } } } });
        let board = parse_board(&board.to_string(), "board.json").expect("the board is right");
        let board = open_board(board, folder.path(), &[], Vec::new(), Arc::new(|_| {}));
        let refused = board.component("part").await.err().map(|failure| failure.to_string());
        let expected = "part: ./talker.wasm imports busbar:board/uart@0.1.0, which the board does not grant; add \"uart\": { \
                        \"port\": \"ttyUSB0\", \"baudRate\": 9600 } to \"devices.part\".";
        assert_eq!(refused.as_deref(), Some(expected));
    });
}

#[test]
fn closing_a_board_ends_what_waits() {
    on_one_thread(async {
        let fixture = Fixture::plain();
        let closing = async {
            assert_eq!(fixture.telling(1).await, ["started "]);
            fixture.board.close().await;
        };
        let (read, ()) = tokio::join!(fixture.read(1, 60_000), closing);
        assert_eq!(read.expect_err("it ends").to_string(), "part: the board was closed");
    });
}
