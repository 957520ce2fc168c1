//! What needs a compiler: components that declare component:usb in each of its shapes, and the workspace's own driver of
//! echo devices on one in memory, pulled out and plugged in again.

#[path = "../../busbar-host/tests/support/echo_device.rs"]
#[allow(dead_code)]
mod echo_device;
mod support;

use busbar_host::OpenBoard;
use busbar_host::components::{Driver, LoadedComponent, TransferShape, shape_of};
use busbar_host::device::{DeviceErrorCode, UsbEchoPipe};
use busbar_host::engine::{Addresses, Machine};
use busbar_host::instance::BoardFailure;
use echo_device::{EchoBackend, EchoDevice};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use support::{Folder, Told, open_board};
use wasmtime::component::Component;

/// How `await-transfer` is declared.
#[derive(Debug, Clone, Copy)]
struct Awaits {
    borrows: bool,
    gives_packets: bool,
}

fn name(text: &str) -> Vec<u8> {
    [&[text.len() as u8], text.as_bytes()].concat()
}

fn names(texts: &[&str]) -> Vec<u8> {
    let all = texts.iter().flat_map(|text| name(text));
    [texts.len() as u8].into_iter().chain(all).collect()
}

/// Its length has two bytes, as LEB128 allows.
fn section(id: u8, content: &[u8]) -> Vec<u8> {
    let length = [(content.len() & 0x7f) as u8 | 0x80, (content.len() >> 7) as u8];
    [&[id], &length[..], content].concat()
}

/// A component that imports `transfers` in a form, and exports a function of its own: Component Model, Binary.md. Written
/// here, as the library for the text of components would have Wasmtime built a second time for tests.
fn component(package: &str, awaits: Awaits) -> Vec<u8> {
    let exported = |text: &str, description: &[u8]| [&[0x04, 0x00], &name(text)[..], description].concat();
    let errors = [
        "io",
        "invalid-param",
        "access",
        "no-device",
        "not-found",
        "busy",
        "timeout",
        "overflow",
        "pipe",
        "interrupted",
        "no-mem",
        "not-supported",
        "other",
    ];
    let statuses = ["success", "error", "timed-out", "cancelled", "stall", "no-device", "overflow"];
    // Type, resource, record: each declaration with the number of the type that it makes.
    let declarations = [
        /* 0 */ [&[0x01, 0x6d], &names(&errors)[..]].concat(),
        /* 1 */ exported("libusb-error", &[0x03, 0x00, 0]),
        /* 2 */ exported("transfer", &[0x03, 0x01]),
        /* 3 */ [&[0x01, 0x6d], &names(&statuses)[..]].concat(),
        /* 4 */ exported("iso-packet-status", &[0x03, 0x00, 3]),
        /* 5 */ [&[0x01, 0x72, 2], &name("actual-length")[..], &[0x79], &name("status")[..], &[4]].concat(),
        /* 6 */ exported("iso-packet", &[0x03, 0x00, 5]),
        /* 7 */ vec![0x01, 0x70, 0x7d],
        /* 8 */ vec![0x01, 0x70, 6],
        /* 9 */ [&[0x01, 0x72, 2], &name("data")[..], &[7], &name("packets")[..], &[8]].concat(),
        /* 10 */ exported("transfer-result", &[0x03, 0x00, 9]),
        /* 11 */ vec![0x01, if awaits.borrows { 0x68 } else { 0x69 }, 2],
        /* 12 */ vec![0x01, 0x6a, 0x01, if awaits.gives_packets { 10 } else { 7 }, 0x01, 1],
        /* 13 */ [&[0x01, 0x40, 1], &name("xfer")[..], &[11, 0x00, 12]].concat(),
        exported("await-transfer", &[0x01, 13]),
    ];
    let instance_type = [&[1, 0x42, declarations.len() as u8], &declarations.concat()[..]].concat();
    let import = [&[1, 0x00], &name(&format!("{package}/transfers@0.2.1"))[..], &[0x05, 0]].concat();
    let module = [
        b"\0asm\x01\0\0\0".to_vec(),
        section(1, &[1, 0x60, 0, 0]),
        section(3, &[1, 0]),
        section(7, &[&[1], &name("run")[..], &[0, 0]].concat()),
        section(10, &[1, 2, 0, 0x0b]),
    ];
    [
        b"\0asm\x0d\0\x01\0".to_vec(),
        section(7, &instance_type),
        section(10, &import),
        section(1, &module.concat()),
        section(2, &[1, 0, 0, 0]),
        section(7, &[1, 0x40, 0, 1, 0]),
        section(6, &[&[1, 0, 0, 1, 0], &name("run")[..]].concat()),
        section(8, &[1, 0, 0, 0, 0, 1]),
        section(11, &[&[1, 0], &name("run")[..], &[1, 0, 0]].concat()),
    ]
    .concat()
}

#[test]
fn every_shape_of_both_packages_links_and_no_other() {
    let machine = Machine::new(Addresses::Plenty).expect("it runs here");
    let folder = Folder::new("shapes");
    let board = folder.board(&json!({
        "devices": { "echo": { "driver": "./x.wasm", "usb": { "vendorId": "0x1209", "interfaces": [0] } } }
    }));
    let entry = board.device("echo").expect("it is there");
    let check = |package: &str, borrows, gives_packets| {
        let binary = component(package, Awaits { borrows, gives_packets });
        let component = Component::new(&machine.engine, binary).expect("it compiles");
        let imports = component.component_type();
        let import = imports.imports(&machine.engine).next().expect("it has one").1;
        let shape = shape_of(&machine.engine, &import.ty);
        let loaded = LoadedComponent { label: "x".to_owned(), component };
        Driver::check(&machine, "echo", entry, &loaded).map(|driver| (driver.kind().name(), shape))
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
