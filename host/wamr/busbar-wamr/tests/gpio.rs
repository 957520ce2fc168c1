//! A driver of a device on GPIO lines: what it may do with them, and how long it may wait for them.

#[path = "support/board.rs"]
#[allow(dead_code)]
mod board;
#[path = "../build/encode.rs"]
#[allow(dead_code)]
mod encode;
#[path = "../../../wasmtime/busbar-host/tests/support/gpio_talker.rs"]
mod gpio_talker;
#[path = "support/guest.rs"]
#[allow(dead_code)]
mod guest;

use board::{Scratch, Told, on_one_thread, open_board};
use busbar_core::app::RunsApps;
use busbar_core::callable::{Argument, CallsFunctions};
use busbar_core::failure::CallFailure;
use busbar_wamr::OpenBoard;
use gpio_talker::{CORE, WORLDS};
use guest::flattened_world;
use serde_json::{Value, json};

fn talker() -> Vec<u8> {
    flattened_world(&wat::parse_str(CORE).expect("the text is right"), WORLDS, "talker")
}

/// Lines on a simulated chip: an input that goes up and down again and again, one that is never driven, an output, and one in both directions.
fn board_of(entry: &Value) -> (OpenBoard, Told, Scratch) {
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
    open_board(&board, &[("talker", talker())], Vec::new())
}

async fn call(board: &OpenBoard, function: &str, arguments: &[Value]) -> Result<Option<Value>, CallFailure> {
    let component = board.component("part").await.expect("it starts");
    let name = format!("talk/{function}");
    let function = component.functions().iter().find(|each| each.name() == name).expect("it exports it").clone();
    let arguments: Vec<_> = arguments.iter().cloned().map(Argument::Json).collect();
    component.call(&function, &arguments).await
}

/// Of the line of this name.
async fn of(board: &OpenBoard, function: &str, line: &str) -> Result<Option<Value>, CallFailure> {
    call(board, function, &[json!("part"), json!(line)]).await
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
        let (board, told, _scratch) = board_of(&json!({}));
        assert_eq!(of(&board, "read", "quiet").await, Ok(Some(json!("inactive"))));
        assert_eq!(of(&board, "set", "lamp").await, Ok(None));
        assert_eq!(of(&board, "toggle", "bus").await, Ok(Some(json!("active"))));
        assert_eq!(of(&board, "toggle", "bus").await, Ok(Some(json!("inactive"))));
        assert_eq!(of(&board, "until-active", "pulse").await, Ok(None));
        let edges = call(&board, "edges", &[json!("part"), json!("pulse"), json!(1_000)]).await;
        let edges = edges.expect("there are").expect("some");
        let edge = &edges.as_array().expect("a list")[0];
        assert!(edge["state"] == "active" || edge["state"] == "inactive");
        assert!(edge["timeMs"].as_f64().is_some_and(|time| time > 0.0));
        assert_eq!(call(&board, "edges", &[json!("part"), json!("quiet"), json!(1)]).await, Ok(Some(json!([]))));
        assert_eq!(call(&board, "pause", &[json!(1)]).await, Ok(None));
        assert_eq!(told.refusals(), []);
        board.close().await;
    });
}

#[test]
fn what_is_not_granted_reaches_no_line_and_is_told() {
    on_one_thread(async {
        let (board, told, _scratch) = board_of(&json!({}));
        assert_eq!(error(of(&board, "set", "pulse").await), ("pin-mode-not-allowed".to_owned(), None));
        assert_eq!(error(of(&board, "read", "other").await), ("pin-not-allowed".to_owned(), None));
        let other = call(&board, "read", &[json!("indoor"), json!("pulse")]).await;
        assert_eq!(error(other), ("pin-not-allowed".to_owned(), None));
        let mode = "\"out\" is not granted for the line \"pulse\", only \"in\" is";
        let line = |call: &str, reason: &str| (call.to_owned(), reason.to_owned());
        assert_eq!(
            told.refusals(),
            [
                line("gpio pin \"out\" of the line \"pulse\"", mode),
                line("gpio pin \"in\" of the line \"other\"", "the line \"other\" is not granted"),
                line("gpio.open-in(\"indoor\")", "the name \"indoor\" is not this driver's"),
            ]
        );
        board.close().await;
    });
}

#[test]
fn the_rate_holds() {
    on_one_thread(async {
        let (board, told, _scratch) = board_of(&json!({ "limits": { "transactionsPerSecond": 1 } }));
        assert!(of(&board, "read", "quiet").await.is_ok());
        let reason = "more than 1 transactions in a second";
        assert_eq!(error(of(&board, "set", "lamp").await), ("other".to_owned(), Some(reason.to_owned())));
        assert_eq!(told.refusals(), [("gpio set of the line \"lamp\"".to_owned(), reason.to_owned())]);
        board.close().await;
    });
}

#[test]
fn a_wait_ends_with_the_time_of_its_call() {
    on_one_thread(async {
        let (board, _told, _scratch) = board_of(&json!({ "limits": { "callMs": 500 } }));
        for (function, arguments) in [
            ("until-active", vec![json!("part"), json!("quiet")]),
            ("edges", vec![json!("part"), json!("quiet"), json!(60_000)]),
            ("pause", vec![json!(60_000)]),
        ] {
            let ended = call(&board, function, &arguments).await.expect_err("it ends").to_string();
            assert_eq!(ended, "part: the driver took longer than its limit of 500 ms", "{function}");
        }
        board.close().await;
    });
}
