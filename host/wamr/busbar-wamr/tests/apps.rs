//! The apps of the workspace, flattened, and guests that are apps: linked to the drivers of a board at run time.

#[path = "support/board.rs"]
#[allow(dead_code)]
mod board;
#[path = "../build/encode.rs"]
mod encode;
#[path = "support/guest.rs"]
#[allow(dead_code)]
mod guest;

use board::{flattened_package, on_one_thread, open_board};
use busbar_core::app::{Ended, Readiness, RunOptions, RunsApps, TakeInput, TakeOutput, Waiting};
use busbar_core::failure::AppFailure;
use guest::flattened_world;
use serde_json::json;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;

/// What an app printed.
#[derive(Default)]
struct Printed {
    bytes: Mutex<Vec<u8>>,
    changed: Notify,
}

impl Printed {
    fn options(self: &Arc<Self>) -> RunOptions {
        RunOptions { output: self.clone(), errors: None, input: None, arguments: Vec::new() }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().expect("nobody panicked")).into_owned()
    }

    async fn reached(&self, length: usize) {
        while self.text().len() < length {
            self.changed.notified().await;
        }
    }
}

impl Readiness for Printed {
    fn is_ready(&self) -> bool {
        true
    }

    fn ready(&self) -> Waiting<'_> {
        Box::pin(std::future::ready(()))
    }
}

impl TakeOutput for Printed {
    fn take(&self, bytes: &[u8]) {
        self.bytes.lock().expect("nobody panicked").extend_from_slice(bytes);
        self.changed.notify_one();
    }
}

#[test]
fn the_weather_station_reads_a_bme280_and_shows_it_on_a_display() {
    on_one_thread(async {
        let board = json!({
            "devices": {
                "indoor": { "driver": "./bme280.wasm", "i2c": { "bus": "sim", "address": "0x76" } },
                "panel": { "driver": "./hd44780.wasm", "i2c": { "bus": "sim", "address": "0x27" } },
            },
            "simulate": [
                {
                    "i2c": "sim",
                    "address": "0x76",
                    "model": "registers",
                    "registers": {
                        // The worked example of the data sheet.
                        "0x88": "706b436718fc7d8e43d6d00b270b8c00f9ff8c3cf8c67017004b",
                        "0xE1": "6301001524031e",
                        "0xD0": "60",
                        "0xF7": "655ac07eed006f15",
                    },
                },
                { "i2c": "sim", "address": "0x27", "model": "registers", "registers": {} },
            ],
            "apps": { "station": { "component": "./station.wasm", "uses": ["indoor", "panel"] } },
        });
        let components = [
            ("bme280", flattened_package("bme280")),
            ("hd44780", flattened_package("hd44780")),
            ("station", flattened_package("weather-station")),
        ];
        let (board, told, _scratch) = open_board(&board, &components, Vec::new());
        let line = "temperature 25.1 C, pressure 1007 hPa, humidity 36 %";
        let printed = Arc::<Printed>::default();
        let ended = board.run("station", printed.options(), printed.reached(2 * line.len())).await;
        assert_eq!(ended, Ok(Ended::Stopped));
        assert_eq!(printed.text(), format!("1: {line}\n2: {line}\n"));
        board.close().await;
        assert_eq!(told.traps(), Vec::<String>::new());
    });
}

/// Runs an app of WebAssembly text to its end; `read` is what its standard input gives, if anything.
fn outcome(imports: &str, run: &str, input: Option<Box<dyn TakeInput>>) -> Result<Ended, AppFailure> {
    const WORLD: &str = "
        package busbar:test;

        world app {
            import wasi:cli/stdin@0.2.0;
            import wasi:cli/exit@0.2.0;
            import wasi:io/poll@0.2.0;
            import wasi:io/streams@0.2.0;
            import wasi:clocks/monotonic-clock@0.2.0;
            export wasi:cli/run@0.2.0;
        }
    ";
    let text = format!(
        r#"(module
            {imports}
            (memory (export "memory") 1)
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
            (func (export "wasi:cli/run@0.2.0#run") (result i32) {run}))"#
    );
    let app = flattened_world(&wat::parse_str(text).expect("the text is right"), WORLD, "app");
    let board = json!({ "devices": {}, "apps": { "app": { "component": "./app.wasm" } } });
    on_one_thread(async {
        let (board, _, _scratch) = open_board(&board, &[("app", app)], Vec::new());
        let options = RunOptions { input, ..Arc::<Printed>::default().options() };
        board.run("app", options, std::future::pending()).await
    })
}

/// Nothing that ever comes.
struct Never;

impl TakeInput for Never {
    fn next(&mut self) -> Pin<Box<dyn Future<Output = Option<Vec<u8>>> + Send + '_>> {
        Box::pin(std::future::pending())
    }
}

/// It is asked for in the app's own thread, which is none of the runtime's.
#[test]
fn an_app_that_only_looks_whether_there_is_input_goes_on() {
    let imports = r#"
        (import "wasi:cli/stdin@0.2.0" "get-stdin" (func $stdin (result i32)))
        (import "wasi:io/streams@0.2.0" "[method]input-stream.read" (func $read (param i32 i64 i32)))"#;
    let read = "(call $read (call $stdin) (i64.const 5) (i32.const 64)) (i32.load8_u (i32.const 64))";
    assert_eq!(outcome(imports, read, Some(Box::new(Never))), Ok(Ended::Well));
    // At its end, which is an error of the stream.
    let ended = outcome(imports, read, None).expect_err("it gives that on");
    assert_eq!(ended.to_string(), "app: it ended with an error.");
}

#[test]
fn an_app_ends_as_it_says_and_what_it_may_not_do_ends_it() {
    let exit = r#"(import "wasi:cli/exit@0.2.0" "exit-with-code" (func $exit (param i32)))"#;
    let code = |code: u8| outcome(exit, &format!("(call $exit (i32.const {code})) (i32.const 1)"), None);
    assert_eq!(code(0), Ok(Ended::Well));
    assert_eq!(code(3).expect_err("it fails").to_string(), "app: it ended with the exit code 3.");
    let poll = r#"(import "wasi:io/poll@0.2.0" "poll" (func $poll (param i32 i32 i32)))"#;
    let nothing = outcome(poll, "(call $poll (i32.const 0) (i32.const 0) (i32.const 64)) (i32.const 0)", None);
    let failed = nothing.expect_err("it traps").to_string();
    assert_eq!(failed, "app: it failed: wasi:io/poll: nothing to wait for.");
    let trapped = outcome("", "unreachable", None).expect_err("it traps").to_string();
    assert_eq!(trapped, "app: it failed: it trapped (unreachable), which its author has to mend.");
}

/// What it waits for is dropped with its handle: a second use of that is none.
#[test]
fn a_handle_that_was_dropped_is_none() {
    let imports = r#"
        (import "wasi:clocks/monotonic-clock@0.2.0" "subscribe-duration" (func $after (param i64) (result i32)))
        (import "wasi:io/poll@0.2.0" "[method]pollable.block" (func $block (param i32)))
        (import "wasi:io/poll@0.2.0" "[resource-drop]pollable" (func $drop (param i32)))"#;
    let wait = "(local $wait i32) (local.set $wait (call $after (i64.const 1000)))
        (call $block (local.get $wait)) (call $drop (local.get $wait))";
    assert_eq!(outcome(imports, &format!("{wait} (i32.const 0)"), None), Ok(Ended::Well));
    let again = outcome(imports, &format!("{wait} (call $block (local.get $wait)) (i32.const 0)"), None);
    assert_eq!(again.expect_err("it traps").to_string(), "app: it failed: handle 1 is no \"pollable\".");
}
