//! What needs a compiler: components that declare component:usb in each of its shapes, and the workspace's own driver of
//! echo devices on one in memory, pulled out and plugged in again.

#[path = "../../busbar-core/tests/support/echo_device.rs"]
#[allow(dead_code)]
mod echo_device;
mod support;
#[path = "support/transfers_component.rs"]
mod transfers_component;

use busbar_host::OpenBoard;
use busbar_host::components::{Driver, LoadedComponent, TransferShape, shape_of};
use busbar_host::device::{DeviceErrorCode, UsbEchoPipe};
use busbar_host::engine::{Addresses, Machine};
use busbar_host::instance::{BoardFailure, StartsLives};
use echo_device::{EchoBackend, EchoDevice};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use support::{Folder, Told, open_board};
use transfers_component::{Awaits, component};
use wasmtime::component::Component;

#[test]
fn every_shape_of_both_packages_links_and_no_other() {
    let machine = Machine::new(Addresses::Plenty).expect("it runs here");
    let folder = Folder::new("shapes");
    let board = folder.board(&json!({
        "devices": { "echo": { "driver": "./x.wasm", "usb": { "vendorId": "0x1209", "interfaces": [0] } } }
    }));
    let entry = board.entry("echo").expect("it is there");
    let check = |package: &str, borrows, gives_packets| {
        let binary = component(package, Awaits { borrows, gives_packets });
        let component = Component::new(&machine.engine, binary).expect("it compiles");
        let imports = component.component_type();
        let import = imports.imports(&machine.engine).next().expect("it has one").1;
        let shape = shape_of(&machine.engine, &import.ty);
        let loaded = LoadedComponent { label: "x".to_owned(), key: String::new(), component };
        Driver::check(&machine, &board, entry, &loaded).map(|driver| (driver.kind().name(), shape))
    };
    for package in ["component:usb", "wasi:usb"] {
        for (borrows, gives_packets, shape) in [
            (false, false, TransferShape::Proposal),
            (false, true, TransferShape::TransferResult),
            (true, true, TransferShape::BorrowedTransfer),
        ] {
            assert_eq!(check(package, borrows, gives_packets), Ok(("component", shape)), "{package}");
        }
        let refused = check(package, true, false).expect_err("there is no such shape").message;
        assert!(refused.starts_with("echo: x does not start: "), "{refused}");
    }
}

/// A board with the workspace's echo driver, and what it tells; none where that was not built.
fn open_echo(folder: &Folder, backend: Arc<EchoBackend>) -> Option<(OpenBoard, Told)> {
    let usb = json!({ "vendorId": "0x1209", "interfaces": [0] });
    open_board(folder, backend, "usb-echo", "echo", &json!({ "usb": usb, "settings": { "timeout-ms": "60000" } }))
}

#[tokio::test]
async fn the_echo_driver_runs_is_stopped_when_its_device_leaves_and_started_when_it_is_back() {
    let folder = Folder::new("echo");
    let backend = Arc::<EchoBackend>::default();
    let Some((board, told)) = open_echo(&folder, backend.clone()) else { return };
    let first = EchoDevice::new(1, "1-1");
    let (echo, ()) = tokio::join!(board.usb_echo("echo"), async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        backend.plug(first.clone());
    });
    let echo = echo.expect("it came");
    assert_eq!(echo.info().pipes, [UsbEchoPipe::Bulk, UsbEchoPipe::Interrupt]);
    for pipe in [UsbEchoPipe::Bulk, UsbEchoPipe::Interrupt] {
        assert_eq!(echo.round_trip(pipe, b"hello").await, Ok(b"hello".to_vec()));
    }
    echo.run(UsbEchoPipe::Bulk, 100, 20).await.expect("it sends all back");
    // Pulled out in the middle of what it does.
    let (ended, ()) = tokio::join!(echo.run(UsbEchoPipe::Bulk, 100, 100_000_000), async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        backend.unplug(&first);
    });
    assert_eq!(ended.err().map(|error| error.code), Some(DeviceErrorCode::Disconnected));
    assert_eq!(
        echo.round_trip(UsbEchoPipe::Bulk, b"x").await.err().map(|error| error.code),
        Some(DeviceErrorCode::Disconnected)
    );
    drop(echo);
    // It was asked for once, so that it runs again when its device is back, without being asked.
    let second = backend.plug(EchoDevice::new(1, "1-1"));
    while told.lock().expect("nobody panics").iter().filter(|line| line.starts_with("started")).count() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let echo = board.usb_echo("echo").await.expect("it is back");
    assert_eq!(echo.round_trip(UsbEchoPipe::Bulk, b"again").await, Ok(b"again".to_vec()));
    echo.close().await.expect("it gives it back");
    board.close().await;
    assert_eq!([first.opened(), second.opened()], [0, 0], "no handle is left open");
    let closed = board.usb_echo("echo").await.err();
    assert!(matches!(closed, Some(BoardFailure::Device(error)) if error.code == DeviceErrorCode::Disconnected));
    assert_eq!(
        *told.lock().expect("nobody panics"),
        [
            "waiting: no USB device that is plugged in matches; plug it in, or correct the entry",
            "started: ",
            "stopped: the USB device 0x1209:0x0001 on port 1-1 was unplugged",
            "started: ",
            "stopped: the board was closed",
        ]
    );
}

/// Who waits for a device that never comes is told when the board is closed.
#[tokio::test]
async fn closing_the_board_ends_a_wait_for_a_device() {
    let folder = Folder::new("closing");
    let Some((board, _)) = open_echo(&folder, Arc::default()) else { return };
    let (waited, ()) = tokio::join!(board.usb_echo("echo"), async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        board.close().await;
    });
    assert!(
        matches!(waited.err(), Some(BoardFailure::Device(error)) if error.message == "the board was closed"),
        "it ends"
    );
}
