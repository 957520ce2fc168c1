//! A driver of a device on GPIO lines: what it may do with them, and how long it may wait for them.

#[path = "../support/encode.rs"]
mod encode;
#[path = "../support/gpio_talker.rs"]
mod gpio_talker;
#[path = "../support/workspace.rs"]
#[allow(dead_code)]
mod workspace;

use busbar_host::OpenBoard;
use busbar_host::board::parse_board;
use busbar_host::device::{Argument, CallFailure, CallableComponent, CallsFunctions};
use busbar_host::trace::BoardEvent;
use encode::component;
use gpio_talker::{CORE, WORLDS};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use workspace::{TemporaryFolder, on_one_thread, open_board};

/// Lines on a simulated chip: an input that goes up and down again and again, one that is never driven, an output, and one in both directions.
struct Fixture {
    board: OpenBoard,
    _folder: TemporaryFolder,
    /// The refusals that were told.
    told: Arc<Mutex<Vec<(String, String, bool)>>>,
}

impl Fixture {
    fn open(entry: &Value) -> Self {
        let folder = TemporaryFolder::with(&[("talker.wasm", component(WORLDS, "talker", CORE))]);
        let line = |line: u32, direction: &str| json!({ "chip": "sim", "line": line, "direction": direction });
        let mut quiet = line(2, "in");
        quiet["activeLevel"] = json!("active-low");
        quiet["pull"] = json!("up");
        let lines = json!({ "pulse": line(1, "in"), "quiet": quiet, "lamp": line(3, "out"), "bus": line(4, "in-out") });
        let mut wired = json!({ "driver": "./talker.wasm", "gpio": { "lines": lines } });
        for (key, value) in entry.as_object().expect("an object") {
            wired[key] = value.clone();
        }
        let changes: Vec<Value> =
            (1..5_000).map(|count| json!([20 * count, if count % 2 == 1 { "high" } else { "low" }])).collect();
        let board = json!({
            "devices": { "part": wired },
            "simulate": [{ "gpio": "sim", "lines": { "pulse": 1 }, "model": "lines", "changes": { "pulse": changes } }],
        });
        let board = parse_board(&board.to_string(), "board.json").expect("the board is right");
        let told: Arc<Mutex<Vec<_>>> = Arc::default();
        let events = told.clone();
        let listener = move |event: &BoardEvent| {
            if let BoardEvent::Audit(event) = event {
                let line = (event.call.clone(), event.reason.clone(), event.enforced);
                events.lock().expect("nobody panics with it").push(line);
            }
        };
        let simulated = board.simulate.clone();
        let board = open_board(board, folder.path(), &simulated, Vec::new(), Arc::new(listener));
        Self { board, _folder: folder, told }
    }

    async fn call(&self, function: &str, arguments: &[Value]) -> Result<Option<Value>, CallFailure> {
        let component: CallableComponent = self.board.component("part").await.expect("it starts");
        let name = format!("talk/{function}");
        let function = component.functions().iter().find(|each| each.name() == name).expect("it exports it");
        let arguments: Vec<_> = arguments.iter().cloned().map(Argument::Json).collect();
        component.call(function, &arguments).await
    }

    /// Of the line of this name.
    async fn of(&self, function: &str, line: &str) -> Result<Option<Value>, CallFailure> {
        self.call(function, &[json!("part"), json!(line)]).await
    }

    fn told(&self) -> Vec<(String, String, bool)> {
        self.told.lock().expect("nobody panics with it").clone()
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

#[test]
fn a_driver_reads_sets_and_waits_for_its_lines() {
    on_one_thread(async {
        let fixture = Fixture::open(&json!({}));
        assert_eq!(fixture.of("read", "quiet").await, Ok(Some(json!("inactive"))));
        assert_eq!(fixture.of("set", "lamp").await, Ok(None));
        assert_eq!(fixture.of("toggle", "bus").await, Ok(Some(json!("active"))));
        assert_eq!(fixture.of("toggle", "bus").await, Ok(Some(json!("inactive"))));
        assert_eq!(fixture.of("until-active", "pulse").await, Ok(None));
        let edges = fixture.call("edges", &[json!("part"), json!("pulse"), json!(1_000)]).await;
        let edges = edges.expect("there are").expect("some");
        let edge = &edges.as_array().expect("a list")[0];
        assert!(edge["state"] == "active" || edge["state"] == "inactive");
        assert!(edge["timeMs"].as_f64().is_some_and(|time| time > 0.0));
        assert_eq!(fixture.call("edges", &[json!("part"), json!("quiet"), json!(1)]).await, Ok(Some(json!([]))));
        assert_eq!(fixture.call("pause", &[json!(1)]).await, Ok(None));
        assert_eq!(fixture.told(), []);
        fixture.board.close().await;
    });
}

#[test]
fn what_is_not_granted_reaches_no_line_and_is_told() {
    on_one_thread(async {
        let fixture = Fixture::open(&json!({}));
        assert_eq!(error(fixture.of("set", "pulse").await), ("pin-mode-not-allowed".to_owned(), None));
        assert_eq!(error(fixture.of("read", "other").await), ("pin-not-allowed".to_owned(), None));
        let other = fixture.call("read", &[json!("indoor"), json!("pulse")]).await;
        assert_eq!(error(other), ("pin-not-allowed".to_owned(), None));
        let mode = "\"out\" is not granted for the line \"pulse\", only \"in\" is";
        let told = |call: &str, reason: &str| (call.to_owned(), reason.to_owned(), true);
        assert_eq!(
            fixture.told(),
            [
                told("gpio pin \"out\" of the line \"pulse\"", mode),
                told("gpio pin \"in\" of the line \"other\"", "the line \"other\" is not granted"),
                told("gpio.open-in(\"indoor\")", "the name \"indoor\" is not this driver's"),
            ]
        );
        fixture.board.close().await;
    });
}

#[test]
fn the_rate_holds_and_complain_mode_only_tells() {
    on_one_thread(async {
        let fixture = Fixture::open(&json!({ "limits": { "transactionsPerSecond": 1 } }));
        assert!(fixture.of("read", "quiet").await.is_ok());
        let reason = "more than 1 transactions in a second";
        assert_eq!(error(fixture.of("set", "lamp").await), ("other".to_owned(), Some(reason.to_owned())));
        let told = ("gpio set of the line \"lamp\"".to_owned(), reason.to_owned(), true);
        assert_eq!(fixture.told(), [told]);
        fixture.board.close().await;

        let fixture = Fixture::open(&json!({ "enforce": false }));
        assert!(fixture.of("set", "quiet").await.is_ok());
        assert!(fixture.of("read", "pulse").await.is_ok());
        assert_eq!(fixture.told().into_iter().map(|(_, _, enforced)| enforced).collect::<Vec<_>>(), [false]);
        let (_, made) = fixture.board.uses().pop().expect("it is noted");
        assert_eq!(made.to_json()["gpio"], json!({ "lines": { "pulse": "in", "quiet": "out" } }));
        fixture.board.close().await;
    });
}

#[test]
fn a_wait_ends_with_the_time_of_its_call() {
    on_one_thread(async {
        let fixture = Fixture::open(&json!({ "limits": { "callMs": 200 } }));
        for (function, arguments) in [
            ("until-active", vec![json!("part"), json!("quiet")]),
            ("edges", vec![json!("part"), json!("quiet"), json!(60_000)]),
            ("pause", vec![json!(60_000)]),
        ] {
            let ended = fixture.call(function, &arguments).await.expect_err("it ends").to_string();
            assert_eq!(ended, "part: the driver took longer than its limit of 200 ms", "{function}");
        }
        fixture.board.close().await;
    });
}

#[test]
fn a_line_that_there_is_not_keeps_only_its_own_driver_from_starting() {
    on_one_thread(async {
        let folder = TemporaryFolder::with(&[("talker.wasm", component(WORLDS, "talker", CORE))]);
        let line = |line: Value, direction: &str| {
            let lines = json!({ "a": { "chip": "sim", "line": line, "direction": direction } });
            json!({ "driver": "./talker.wasm", "gpio": { "lines": lines } })
        };
        let board = json!({
            "devices": { "one": line(json!(1), "out"), "named": line(json!("GPIO17"), "in"), "none": {
                "driver": "./talker.wasm", "gpio": { "lines": { "a": { "chip": "other", "line": 1, "direction": "in" } } }
            } },
            "simulate": [{ "gpio": "sim", "lines": { "a": 1 }, "model": "lines" }],
        });
        let board = parse_board(&board.to_string(), "board.json").expect("the board is right");
        let simulated = board.simulate.clone();
        let board = open_board(board, folder.path(), &simulated, Vec::new(), Arc::new(|_| {}));
        let refused = async |name: &str| board.component(name).await.err().map(|failure| failure.to_string());
        assert_eq!(refused("one").await, None);
        assert_eq!(
            refused("named").await.as_deref(),
            Some("named: the simulated chip \"sim\" has no line \"GPIO17\"; give its offset.")
        );
        assert_eq!(
            refused("none").await.as_deref(),
            Some(
                "none: there is no GPIO chip \"other\" (asked simulator); list the chips with \"gpioinfo\", or simulate it."
            )
        );
        board.close().await;
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
        let expected = "part: ./talker.wasm imports wasi:io/poll@0.2.4, which the board does not grant; add \"gpio\": { \"lines\": { \
                        \"ready\": { \"chip\": 0, \"line\": 17, \"direction\": \"in\" } } } to \"devices.part\".";
        assert_eq!(refused.as_deref(), Some(expected));
    });
}
