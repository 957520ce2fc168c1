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

use board::{Way, flattened_package, on_one_thread, open_board, try_open};
use busbar_core::app::{Ended, RunOptions, RunsApps, TakeInput};
use busbar_core::failure::AppFailure;
use guest::flattened_world;
use printed::Printed;
use serde_json::json;
use station::LINE;
use std::pin::Pin;
use std::sync::Arc;

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
