//! One component calls every function of wasi:i2c, wasi:spi and component:usb, and tells what came back: the same as on the host for
//! Node, but for what host/conformance/differences.json explains.

#[path = "../../../busbar-core/tests/support/echo_device.rs"]
#[allow(dead_code)]
mod echo_device;
mod tables;
#[path = "../support/workspace.rs"]
#[allow(dead_code)]
mod workspace;

use busbar_host::OpenBoard;
use busbar_host::board::{SimulateEntry, SimulatedAt, read_board};
use busbar_host::device::{Argument, CallableComponent, CallsFunctions};
use echo_device::{EchoBackend, EchoDevice};
use std::sync::Arc;
use tables::{Line, expected, require_same};
use workspace::{on_one_thread, open_board, workspace_file};

#[test]
fn every_function_answers_as_the_tables_say() {
    on_one_thread(async {
        let board = open();
        let component = board.component("conformance").await.expect("it starts");
        let i2c = table(&component, "tables/i2c-table", &[Argument::I2c, Argument::Delay]).await;
        let spi = table(&component, "tables/spi-table", &[]).await;
        let usb = table(&component, "tables/usb-table", &[]).await;
        board.close().await;
        require_same(&[i2c, spi, usb].concat(), &expected("wasmtime"));
    });
}

/// The board of host/conformance, with its devices in memory.
fn open() -> OpenBoard {
    let file = workspace_file("host/conformance/board.json");
    let folder = file.parent().expect("it is in a folder");
    let board = read_board(&file).expect("it is right");
    let is_usb = |entry: &&SimulateEntry| matches!(entry.at, SimulatedAt::Usb { .. });
    let usb = EchoBackend::default();
    for entry in board.simulate.iter().filter(is_usb) {
        usb.plug(EchoDevice::loopback(&entry.parameters));
    }
    let i2c: Vec<_> = board.simulate.iter().filter(|entry| !is_usb(entry)).cloned().collect();
    open_board(board, folder, &i2c, vec![Arc::new(usb)], Arc::new(|_| {}))
}

/// A table that the component makes.
async fn table(component: &CallableComponent, function: &str, arguments: &[Argument]) -> Vec<Line> {
    let function = component.functions().iter().find(|each| each.name() == function).expect("it exports it");
    let rows = component.call(function, arguments).await.unwrap_or_else(|failure| panic!("{failure}"));
    rows.expect("it gives a value").as_array().expect("a list").iter().map(Line::of_row).collect()
}
