//! The apps of the workspace, flattened, and guests that are apps: linked to the drivers of a board at run time.

#[path = "support/board.rs"]
#[allow(dead_code)]
mod board;
#[path = "../build/encode.rs"]
mod encode;
#[path = "support/guest.rs"]
#[allow(dead_code)]
mod guest;
#[path = "../../../wasmtime/busbar-core/tests/support/printed.rs"]
mod printed;
#[path = "../../../wasmtime/busbar-core/tests/support/station.rs"]
mod station;

use board::{Scratch, Told, Way, flattened_package, on_one_thread, open_board, simulated, try_open};
use busbar_core::app::{Ended, RunOptions, RunsApps, TakeInput};
use busbar_core::failure::AppFailure;
use busbar_wamr::OpenBoard;
use guest::{Parts, flattened, flattened_world};
use printed::Printed;
use serde_json::json;
use station::LINE;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

#[test]
fn the_weather_station_reads_a_bme280_and_shows_it_on_a_display() {
    on_one_thread(async {
        let components = [
            ("bme280", flattened_package("bme280")),
            ("hd44780", flattened_package("hd44780")),
            ("station", flattened_package("weather-station")),
        ];
        let (board, told, _scratch) = open_board(&station::board(), &components, Vec::new());
        let printed = Arc::<Printed>::default();
        let ended = board.run("station", printed.options(), printed.reached(2 * LINE.len())).await;
        assert_eq!(ended, Ok(Ended::Stopped));
        assert_eq!(printed.text(), format!("1: {LINE}\n2: {LINE}\n"));
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

/// An app that prints, opens "a", prints again and waits for ever.
fn opens() -> Vec<u8> {
    const WORLD: &str = "
        package busbar:test;

        world app {
            import busbar:device/sensor@0.1.0;
            import wasi:cli/stdout@0.2.0;
            import wasi:io/streams@0.2.0;
            export wasi:cli/run@0.2.0;
        }
    ";
    let text = r#"(module
        (import "busbar:device/sensor@0.1.0" "open" (func $open (param i32 i32 i32)))
        (import "wasi:cli/stdout@0.2.0" "get-stdout" (func $stdout (result i32)))
        (import "wasi:io/streams@0.2.0" "[method]output-stream.blocking-write-and-flush"
            (func $write (param i32 i32 i32 i32)))
        (memory (export "memory") 1)
        (data (i32.const 8) "a")
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
        (func $print (call $write (call $stdout) (i32.const 8) (i32.const 1) (i32.const 64)))
        (func (export "wasi:cli/run@0.2.0#run") (result i32)
            (call $print) (call $open (i32.const 8) (i32.const 1) (i32.const 96)) (call $print)
            (loop $ever (br $ever)) (i32.const 0)))"#;
    flattened_world(&wat::parse_str(text).expect("the text is right"), WORLD, "app")
}

/// A board with that app, and with a driver whose devices take so long to open and read how many of them are.
fn board_that_opens(open_ms: u32) -> (OpenBoard, Told, Scratch) {
    let open = format!(
        "(global.set $open (i32.add (global.get $open) (i32.const 1))) (call $wait (i32.const {open_ms})) {}",
        Parts::default().open
    );
    let driver = flattened(&Parts {
        imports: r#"(import "busbar:board/time@0.1.0" "wait-ms" (func $wait (param i32)))"#,
        more: "(global $open (mut i32) (i32.const 0))",
        open: &open,
        read: "(f64.store (i32.const 128) (f64.convert_i32_s (global.get $open))) (i32.const 48)",
        close: "(global.set $open (i32.sub (global.get $open) (i32.const 1)))",
        ..Parts::default()
    });
    let board = json!({
        "devices": { "a": { "driver": "./a.wasm", "i2c": { "bus": "sim", "address": "0x76" } } },
        "simulate": simulated(),
        "apps": { "app": { "component": "./app.wasm", "uses": ["a"] } },
    });
    open_board(&board, &[("a", driver), ("app", opens())], Vec::new())
}

/// How many devices its driver has open, with that of who asks, once it had the time to close one.
async fn open_devices(board: &OpenBoard) -> f64 {
    let mut open = 0.0;
    for _ in 0..20 {
        let mut sensor = board.sensor("a").await.expect("it can be opened");
        open = sensor.read().await.expect("it is read")[0];
        sensor.close().await.expect("it is closed");
        if open == 1.0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    open
}

#[test]
fn an_app_that_is_ended_while_it_opens_a_device_leaves_it_to_nobody() {
    on_one_thread(async {
        let (board, told, _scratch) = board_that_opens(100);
        // The driver runs before, so that the app is ended in its call and not while that starts.
        assert_eq!(open_devices(&board).await, 1.0);
        let printed = Arc::<Printed>::default();
        let stop = async {
            printed.reached(1).await;
            // Another thread is on its way into the call.
            tokio::time::sleep(Duration::from_millis(30)).await;
        };
        assert_eq!(board.run("app", printed.options(), stop).await, Ok(Ended::Stopped));
        assert_eq!(printed.text(), "a");
        assert_eq!(open_devices(&board).await, 1.0);
        assert_eq!(told.traps(), Vec::<String>::new());
    });
}

#[test]
fn a_run_that_is_given_up_closes_its_devices_all_the_same() {
    on_one_thread(async {
        let (board, told, _scratch) = board_that_opens(0);
        let printed = Arc::<Printed>::default();
        tokio::select! {
            ended = board.run("app", printed.options(), std::future::pending()) => panic!("it ended: {ended:?}"),
            () = printed.reached(2) => {}
        }
        assert_eq!(open_devices(&board).await, 1.0);
        assert_eq!(told.traps(), Vec::<String>::new());
    });
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

/// Machine code that is kept is held to nothing: who could write it would be held to nothing either.
#[test]
fn no_app_is_given_the_folder_in_which_machine_code_is_kept() {
    for (path, is_refused) in [("cache", true), ("cache/busbar", true), ("out", false)] {
        let app = json!({ "component": "./app.wasm", "folder": { "path": path, "write": true } });
        let opened = try_open(Way::Interpreted, &json!({ "devices": {}, "apps": { "app": app } }), &[], Vec::new());
        let refused = opened.err().map(|error| error.message);
        let is_said = refused.as_ref().is_some_and(|message| message.contains("the cache"));
        assert_eq!((refused.is_some(), is_said), (is_refused, is_refused), "{path}: {refused:?}");
    }
}
