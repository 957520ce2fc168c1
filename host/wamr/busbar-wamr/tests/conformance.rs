//! One component calls every function of wasi:i2c and component:usb, and tells what came back: the same as on the other hosts, but
//! for what host/conformance/differences.json explains.

#[path = "support/board.rs"]
#[allow(dead_code)]
mod board;
#[path = "../../../wasmtime/busbar-core/tests/support/echo_device.rs"]
#[allow(dead_code)]
mod echo_device;
#[path = "../../../wasmtime/busbar-host/tests/conformance/tables.rs"]
mod tables;

/// Where tables.rs finds files of the workspace.
mod workspace {
    use std::path::{Path, PathBuf};

    pub fn workspace_file(path: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..").join(path)
    }
}

use board::{flattened_package, on_one_thread, open_board};
use busbar_core::app::RunsApps;
use busbar_wamr::abi::{FromValue, Value, elements, fields};
use busbar_wamr::device::{CallableComponent, WIRED};
use echo_device::{EchoBackend, EchoDevice};
use serde_json::json;
use std::fs;
use std::sync::Arc;
use tables::{Line, expected, require_same};
use workspace::workspace_file;

#[test]
fn every_function_answers_as_the_tables_say() {
    on_one_thread(async {
        let board = fs::read_to_string(workspace_file("host/conformance/board.json")).expect("it is there");
        let mut board: serde_json::Value = serde_json::from_str(&board).expect("it is JSON");
        board["devices"]["conformance"]["driver"] = json!("./conformance.wasm");
        // Its devices on USB are in memory, which a board file cannot say here.
        let simulated = board["simulate"].as_array().expect("a list").clone();
        let (usb, i2c): (Vec<_>, Vec<_>) = simulated.into_iter().partition(|each| each.get("usb").is_some());
        board["simulate"] = json!(i2c);
        let backend = EchoBackend::default();
        for device in usb {
            backend.plug(EchoDevice::loopback(device.as_object().expect("a record")));
        }
        let components = [("conformance", flattened_package("conformance"))];
        let (board, _, _scratch) = open_board(&board, &components, vec![Arc::new(backend)]);
        let component = board.component("conformance").await.expect("it starts");
        let i2c = table(&component, "i2c-table", vec![WIRED, WIRED]).await;
        let spi = table(&component, "spi-table", Vec::new()).await;
        let usb = table(&component, "usb-table", Vec::new()).await;
        board.close().await;
        require_same(&[i2c, spi, usb].concat(), &expected("wamr"));
    });
}

/// A table that the component makes.
async fn table(component: &CallableComponent, function: &str, parameters: Vec<Value>) -> Vec<Line> {
    let rows = component.call_with("busbar:conformance/tables@0.1.0", function, parameters).await;
    let rows: Vec<Value> = rows.expect("it ends well").and_then(elements).expect("it gives a list");
    rows.into_iter().map(line).collect()
}

fn line(row: Value) -> Line {
    let texts: [Value; 4] = fields(row).expect("it is a record");
    let [name, function, parameters, answer] = texts.map(|text| String::from_value(text).expect("it is a text"));
    Line::of_row(&json!({ "name": name, "function": function, "parameters": parameters, "answer": answer }))
}
