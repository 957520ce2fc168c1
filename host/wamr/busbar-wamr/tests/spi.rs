//! A driver of a device on SPI: what it may do, and both shapes in which it may declare wasi:spi.

#[path = "support/board.rs"]
#[allow(dead_code)]
mod board;
#[path = "../build/encode.rs"]
#[allow(dead_code)]
mod encode;
#[path = "support/guest.rs"]
#[allow(dead_code)]
mod guest;
#[path = "../../../wasmtime/busbar-host/tests/support/spi_talker.rs"]
mod spi_talker;

use board::{Told, on_one_thread, open_board};
use busbar_core::app::RunsApps;
use busbar_core::callable::{Argument, CallsFunctions};
use busbar_core::failure::CallFailure;
use busbar_wamr::OpenBoard;
use encode::encode_shape;
use guest::{flattened_with, flattened_world};
use serde_json::{Value, json};
use spi_talker::{CORE, WORLDS};
use std::path::Path;

/// The component, with wasi:spi by its text, or with the `write` of wit/shapes/write-error.
fn talker(has_write_error: bool) -> Vec<u8> {
    let core = wat::parse_str(CORE).expect("the text is right");
    if has_write_error {
        let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../wit");
        flattened_with(&core, encode_shape(&wit, "write-error", WORLDS, "talker").expect("it can have it"))
    } else {
        flattened_world(&core, WORLDS, "talker")
    }
}

/// Registers on SPI, driven by it.
fn board_of(has_write_error: bool, entry: &Value) -> (OpenBoard, Told, board::Scratch) {
    let mut wired = json!({ "driver": "./talker.wasm", "spi": { "bus": "sim", "chipSelect": 1 } });
    for (key, value) in entry.as_object().expect("an object") {
        wired[key] = value.clone();
    }
    let board = json!({
        "devices": { "chip": wired },
        "simulate": [{ "spi": "sim", "chipSelect": 1, "model": "registers", "registers": { "0x10": "f380" } }],
    });
    open_board(&board, &[("talker", talker(has_write_error))], Vec::new())
}

async fn call(board: &OpenBoard, function: &str, arguments: &[Value]) -> Result<Option<Value>, CallFailure> {
    let component = board.component("chip").await.expect("it starts");
    let name = format!("talk/{function}");
    let function = component.functions().iter().find(|each| each.name() == name).expect("it exports it").clone();
    let arguments: Vec<_> = arguments.iter().cloned().map(Argument::Json).collect();
    component.call(&function, &arguments).await
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
        for has_write_error in [false, true] {
            let (board, told, _scratch) = board_of(has_write_error, &json!({}));
            let transferred = call(&board, "transfer", &[json!("chip"), json!([0x90, 0, 0])]).await;
            assert_eq!(transferred, Ok(Some(json!([0xff, 0xf3, 0x80]))));
            let written = call(&board, "write", &[json!("chip"), json!([0x11, 0xab])]).await;
            // By the text, an error that means nothing is what a write gives that succeeded.
            assert_eq!(written, Ok(Some(json!([false, if has_write_error { 0 } else { 4 }, ""]))));
            let read = json!({ "tag": "read", "val": [0xf3, 0xab] });
            let results = json!([{ "tag": "write" }, { "tag": "delay" }, read, { "tag": "transfer", "val": [0] }]);
            assert_eq!(call(&board, "run", &[json!("chip")]).await, Ok(Some(results)));
            assert_eq!(told.refusals(), []);
            board.close().await;
        }
    });
}

#[test]
fn what_is_not_granted_reaches_no_bus_and_is_told() {
    on_one_thread(async {
        for has_write_error in [false, true] {
            let spi = json!({ "bus": "sim", "chipSelect": 1, "direction": "write", "maximumLength": 2 });
            let (board, told, _scratch) = board_of(has_write_error, &json!({ "spi": spi }));
            let direction = "a transfer is not granted, only \"write\" is";
            assert_eq!(other(call(&board, "transfer", &[json!("chip"), json!([0x90, 0])]).await), direction);
            let length = "a write of 3 bytes; 1 to 2 are granted";
            let written = call(&board, "write", &[json!("chip"), json!([0x10, 1, 2])]).await;
            let expected = if has_write_error { json!([true, 4, length]) } else { json!([true, 0, ""]) };
            assert_eq!(written, Ok(Some(expected)));
            let name = "the name \"indoor\" is not this driver's";
            assert_eq!(other(call(&board, "transfer", &[json!("indoor"), json!([1])]).await), name);
            let place = "spi transaction on SPI bus sim at chip select 1";
            assert_eq!(
                told.refusals(),
                [
                    (format!("{place}: transfer 2"), direction.to_owned()),
                    (format!("{place}: write 3"), length.to_owned()),
                    ("spi.open(\"indoor\")".to_owned(), name.to_owned()),
                ]
            );
            board.close().await;
        }
    });
}
