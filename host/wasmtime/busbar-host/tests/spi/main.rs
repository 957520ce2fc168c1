//! A driver of a device on SPI: what it may do, and both shapes in which it may declare wasi:spi.

#[path = "../support/encode.rs"]
mod encode;
#[path = "../support/spi_talker.rs"]
mod spi_talker;
#[path = "../support/workspace.rs"]
#[allow(dead_code)]
mod workspace;

use busbar_host::OpenBoard;
use busbar_host::board::parse_board;
use busbar_host::device::{Argument, CallFailure, CallableComponent, CallsFunctions};
use busbar_host::trace::BoardEvent;
use encode::{component, component_with, component_with_spi};
use serde_json::{Value, json};
use spi_talker::{CORE, WORLDS};
use std::sync::{Arc, Mutex};
use workspace::{TemporaryFolder, on_one_thread, open_board};

/// The shapes of wasi:spi, as folders of wit/.
const SHAPES: [&str; 2] = ["deps/wasi-spi", "shapes/write-error"];

/// Registers on SPI, driven by a component that declares wasi:spi in a shape.
struct Fixture {
    board: OpenBoard,
    _folder: TemporaryFolder,
    /// The refusals that were told.
    told: Arc<Mutex<Vec<(String, String, bool)>>>,
}

impl Fixture {
    fn open(shape: &str, entry: &Value) -> Self {
        let talker = component_with_spi(shape, WORLDS, "talker", CORE);
        let folder = TemporaryFolder::with(&[("talker.wasm", talker)]);
        let mut wired = json!({ "driver": "./talker.wasm", "spi": { "bus": "sim", "chipSelect": 1 } });
        for (key, value) in entry.as_object().expect("an object") {
            wired[key] = value.clone();
        }
        let board = json!({
            "devices": { "chip": wired },
            "simulate": [{ "spi": "sim", "chipSelect": 1, "model": "registers", "registers": { "0x10": "f380" } }],
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
        let component: CallableComponent = self.board.component("chip").await.expect("it starts");
        let name = format!("talk/{function}");
        let function = component.functions().iter().find(|each| each.name() == name).expect("it exports it");
        let arguments: Vec<_> = arguments.iter().cloned().map(Argument::Json).collect();
        component.call(function, &arguments).await
    }

    fn told(&self) -> Vec<(String, String, bool)> {
        self.told.lock().expect("nobody panics with it").clone()
    }
}

/// What a guest was told that something failed with.
fn other(result: Result<Option<Value>, CallFailure>) -> String {
    match result {
        Err(CallFailure::Returned(error)) => {
            let payload = error.payload.expect("an error");
            assert_eq!(payload["tag"], "other");
            payload["val"].as_str().expect("a sentence").to_owned()
        }
        other => panic!("it is no error: {other:?}"),
    }
}

#[test]
fn a_driver_reads_and_writes_its_device_in_either_shape() {
    on_one_thread(async {
        for shape in SHAPES {
            let fixture = Fixture::open(shape, &json!({}));
            let transferred = fixture.call("transfer", &[json!("chip"), json!([0x90, 0, 0])]).await;
            assert_eq!(transferred, Ok(Some(json!([0xff, 0xf3, 0x80]))), "{shape}");
            let written = fixture.call("write", &[json!("chip"), json!([0x11, 0xab])]).await;
            // By the text, an error that means nothing is what a write gives that succeeded.
            let case = if shape == SHAPES[0] { 4 } else { 0 };
            assert_eq!(written, Ok(Some(json!([false, case, ""]))), "{shape}");
            let read = json!({ "tag": "read", "val": [0xf3, 0xab] });
            let results = json!([{ "tag": "write" }, { "tag": "delay" }, read, { "tag": "transfer", "val": [0] }]);
            assert_eq!(fixture.call("run", &[json!("chip")]).await, Ok(Some(results)), "{shape}");
            assert_eq!(fixture.told(), []);
        }
    });
}

#[test]
fn what_is_not_granted_reaches_no_bus_and_is_told() {
    on_one_thread(async {
        for shape in SHAPES {
            let fixture = Fixture::open(
                shape,
                &json!({ "spi": { "bus": "sim", "chipSelect": 1, "direction": "write", "maximumLength": 2 } }),
            );
            let direction = "a transfer is not granted, only \"write\" is";
            assert_eq!(other(fixture.call("transfer", &[json!("chip"), json!([0x90, 0])]).await), direction);
            let length = "a write of 3 bytes; 1 to 2 are granted";
            let written = fixture.call("write", &[json!("chip"), json!([0x10, 1, 2])]).await;
            let expected = if shape == SHAPES[0] { json!([true, 0, ""]) } else { json!([true, 4, length]) };
            assert_eq!(written, Ok(Some(expected)), "{shape}");
            let name = "the name \"indoor\" is not this driver's";
            assert_eq!(other(fixture.call("transfer", &[json!("indoor"), json!([1])]).await), name);
            let place = "spi transaction on SPI bus sim at chip select 1";
            assert_eq!(
                fixture.told(),
                [
                    (format!("{place}: transfer 2"), direction.to_owned(), true),
                    (format!("{place}: write 3"), length.to_owned(), true),
                    ("spi.open(\"indoor\")".to_owned(), name.to_owned(), true),
                ]
            );
        }
    });
}

#[test]
fn the_rate_holds_and_complain_mode_only_tells() {
    on_one_thread(async {
        let limits = json!({ "limits": { "transactionsPerSecond": 1 } });
        let fixture = Fixture::open(SHAPES[0], &limits);
        assert!(fixture.call("read", &[json!("chip"), json!(1)]).await.is_ok());
        let refused = other(fixture.call("read", &[json!("chip"), json!(1)]).await);
        assert_eq!(refused, "more than 1 transactions in a second");

        let spi = json!({ "bus": "sim", "chipSelect": 1, "direction": "write" });
        let fixture = Fixture::open(SHAPES[0], &json!({ "spi": spi, "enforce": false }));
        assert!(fixture.call("transfer", &[json!("chip"), json!([0x90, 0])]).await.is_ok());
        assert_eq!(fixture.told().into_iter().map(|(_, _, enforced)| enforced).collect::<Vec<_>>(), [false]);
        let (_, made) = fixture.board.uses().pop().expect("it is noted");
        let needed = json!({ "reads": true, "writes": true, "maximumLength": 2 });
        assert_eq!(made.to_json()["spi"], needed);
    });
}

#[test]
fn a_length_that_no_machine_has_is_refused() {
    on_one_thread(async {
        let fixture = Fixture::open(SHAPES[0], &json!({}));
        let refused = other(fixture.call("read", &[json!("chip"), json!(u64::MAX)]).await);
        assert_eq!(refused, "a read of 18446744073709552000 bytes; 1 to 4096 are granted");
    });
}

#[test]
fn a_third_shape_is_refused_before_anything_of_it_runs() {
    on_one_thread(async {
        let worlds = "
            package wasi:spi;
            interface spi {
                variant error { other(string) }
                resource spi-device { write: func(data: list<u8>) -> bool; }
                open: func(name: string) -> result<spi-device, error>;
            }
        ";
        let odd = r#"(module
            (import "wasi:spi/spi" "[method]spi-device.write" (func (param i32 i32 i32) (result i32)))
            (memory (export "memory") 1)
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
            (func (export "other:thing/odd@0.1.0#go")))"#;
        let world = "
            package other:thing@0.1.0;
            interface odd { go: func(); }
            world odd-one { import wasi:spi/spi; export odd; }
        ";
        let folder = TemporaryFolder::with(&[("odd.wasm", component_with(worlds, world, "odd-one", odd))]);
        let board =
            json!({ "devices": { "chip": { "driver": "./odd.wasm", "spi": { "bus": "sim", "chipSelect": 1 } } } });
        let board = parse_board(&board.to_string(), "board.json").expect("the board is right");
        let board = open_board(board, folder.path(), &[], Vec::new(), Arc::new(|_| {}));
        let refused = board.component("chip").await.err().expect("it is refused").to_string();
        assert_eq!(refused, "chip: ./odd.wasm does not start: expected `result` found `bool`.");
    });
}

#[test]
fn what_imports_it_needs_the_grant() {
    on_one_thread(async {
        let folder = TemporaryFolder::with(&[("talker.wasm", component(WORLDS, "talker", CORE))]);
        let i2c = json!({ "bus": "sim", "address": "0x50" });
        let board = json!({
            "devices": { "chip": { "driver": "./talker.wasm", "i2c": i2c } },
            "simulate": [{ "i2c": "sim", "address": "0x50", "model": "registers", "registers": {} }],
        });
        let board = parse_board(&board.to_string(), "board.json").expect("the board is right");
        let simulated = board.simulate.clone();
        let board = open_board(board, folder.path(), &simulated, Vec::new(), Arc::new(|_| {}));
        let refused = board.component("chip").await.err().map(|failure| failure.to_string());
        let expected = "chip: ./talker.wasm imports wasi:spi/spi, which the board does not grant; add \"spi\": { \"bus\": 0, \
                        \"chipSelect\": 0 } to \"devices.chip\".";
        assert_eq!(refused.as_deref(), Some(expected));
    });
}
