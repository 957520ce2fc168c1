//! The workspace's driver of echo devices, flattened, on devices in memory: plugged in, pulled out, and held to the board's entry.

#[path = "support/board.rs"]
#[allow(dead_code)]
mod board;
#[path = "../../../wasmtime/busbar-core/tests/support/echo_device.rs"]
#[allow(dead_code)]
mod echo_device;

use board::{Scratch, Told, flattened_package, on_one_thread, open_board};
use busbar_core::app::RunsApps;
use busbar_core::device::{DeviceError, DeviceErrorCode};
use busbar_core::failure::BoardFailure;
use busbar_core::link::DeviceKind;
use busbar_wamr::OpenBoard;
use busbar_wamr::abi::Value;
use busbar_wamr::device::{OpenedDevice, answered, device_error};
use echo_device::{EchoBackend, EchoDevice};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

/// A board with the echo driver, whose calls may take so long.
fn open_echo(backend: &Arc<EchoBackend>, usb: &serde_json::Value, call_ms: u32) -> (OpenBoard, Told, Scratch) {
    let echo = json!({
        "driver": "./echo.wasm", "usb": usb, "settings": { "timeout-ms": "60000" }, "limits": { "callMs": call_ms },
    });
    let components = [("echo", flattened_package("usb-echo"))];
    open_board(&json!({ "devices": { "echo": echo } }), &components, vec![backend.clone()])
}

/// Longer than any call of a test takes.
const PATIENT: u32 = 60_000;
const BULK: Value = Value::Variant(0, None);
const INTERRUPT: Value = Value::Variant(1, None);

async fn round_trip(echo: &OpenedDevice, pipe: Value, data: &[u8]) -> Result<Vec<u8>, DeviceError> {
    let answer = echo.call("[method]device.round-trip", &[pipe, Value::Bytes(data.to_vec())]).await?;
    answered("echo", answer)
}

async fn run(echo: &OpenedDevice, count: u64) -> Result<Option<Value>, DeviceError> {
    echo.call("[method]device.run", &[BULK, Value::Unsigned(100), Value::Unsigned(count)]).await
}

fn granted() -> serde_json::Value {
    json!({ "vendorId": "0x1209", "interfaces": [0] })
}

#[test]
fn the_echo_driver_runs_is_stopped_when_its_device_leaves_and_started_when_it_is_back() {
    on_one_thread(async {
        let backend = Arc::<EchoBackend>::default();
        let (board, told, _scratch) = open_echo(&backend, &granted(), PATIENT);
        let first = EchoDevice::new(1, "1-1");
        let (echo, ()) = tokio::join!(board.device("echo", DeviceKind::UsbEcho), async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            backend.plug(first.clone());
        });
        let echo = echo.expect("it came");
        for pipe in [BULK, INTERRUPT] {
            assert_eq!(round_trip(&echo, pipe, b"hello").await, Ok(b"hello".to_vec()));
        }
        assert_eq!(run(&echo, 20).await, Ok(Some(Value::ok(None))));
        // Pulled out in the middle of what it does.
        let (ended, ()) = tokio::join!(run(&echo, 100_000_000), async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            backend.unplug(&first);
        });
        assert_eq!(ended.err().map(|error| error.code), Some(DeviceErrorCode::Disconnected));
        let after = round_trip(&echo, BULK, b"x").await;
        assert_eq!(after.err().map(|error| error.code), Some(DeviceErrorCode::Disconnected));
        drop(echo);
        // It was asked for once, so that it runs again when its device is back, without being asked.
        let second = backend.plug(EchoDevice::new(1, "1-1"));
        while told.turns().iter().filter(|line| line.starts_with("started")).count() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let echo = board.device("echo", DeviceKind::UsbEcho).await.expect("it is back");
        assert_eq!(round_trip(&echo, BULK, b"again").await, Ok(b"again".to_vec()));
        echo.close().await.expect("it gives it back");
        board.close().await;
        assert_eq!([first.opened(), second.opened()], [0, 0], "no handle is left open");
        assert_eq!(
            told.turns(),
            [
                "waiting: no USB device that is plugged in matches; plug it in, or correct the entry",
                "started: ",
                "stopped: the USB device 0x1209:0x0001 on port 1-1 was unplugged",
                "started: ",
                "stopped: the board was closed",
            ]
        );
    });
}

/// Its thread waits for the transfers, of which one is under way nearly always.
#[test]
fn a_call_that_takes_too_long_is_ended_while_it_waits_for_its_device() {
    on_one_thread(async {
        let backend = Arc::<EchoBackend>::default();
        let device = backend.plug(EchoDevice::new(1, "1-1"));
        let (board, told, _scratch) = open_echo(&backend, &granted(), board::CALL_MS);
        let echo = board.device("echo", DeviceKind::UsbEcho).await.expect("it opens");
        let error = run(&echo, 100_000_000).await.expect_err("it never ends");
        assert_eq!((error.code, error.message.as_str()), (DeviceErrorCode::Timeout, TOO_LONG));
        board.close().await;
        assert_eq!(told.traps(), [TOO_LONG]);
        assert_eq!(device.opened(), 0, "no handle is left open");
    });
}

const TOO_LONG: &str = "the driver took longer than its limit of 500 ms";

#[test]
fn a_driver_is_held_to_the_entry_of_its_device() {
    on_one_thread(async {
        let backend = Arc::<EchoBackend>::default();
        backend.plug(EchoDevice::new(1, "1-1"));
        let usb = json!({ "vendorId": "0x1209", "interfaces": [0], "maximumLength": 2 });
        let (board, told, _scratch) = open_echo(&backend, &usb, PATIENT);
        let echo = board.device("echo", DeviceKind::UsbEcho).await.expect("it opens");
        let answer = echo.call("[method]device.round-trip", &[BULK, Value::Bytes(vec![1])]).await;
        let Ok(Some(Value::Variant(1, Some(error)))) = answer else { panic!("it must be refused") };
        let error = device_error("echo", *error).expect("it is an error");
        assert_eq!(error.code, DeviceErrorCode::AccessDenied);
        board.close().await;
        assert_eq!(told.denied(), ["USB: bulk transfer on 0x81, 512 bytes"]);
    });
}

/// Who waits for a device that never comes is told when the board is closed.
#[test]
fn closing_the_board_ends_a_wait_for_a_device() {
    on_one_thread(async {
        let (board, _, _scratch) = open_echo(&Arc::default(), &granted(), PATIENT);
        let (waited, ()) = tokio::join!(board.device("echo", DeviceKind::UsbEcho), async {
            tokio::time::sleep(Duration::from_millis(20)).await;
            board.close().await;
        });
        let Err(BoardFailure::Device(error)) = waited else { panic!("it must end") };
        assert_eq!(error.message, "the board was closed");
    });
}

#[test]
fn every_driver_of_the_workspace_for_usb_is_linked() {
    on_one_thread(async {
        for driver in ["cdc-acm", "hid", "mass-storage", "playstation-controller", "usb-echo", "uvc", "xbox-controller"]
        {
            let device = json!({ "driver": "./driver.wasm", "usb": granted() });
            let components = [("driver", flattened_package(driver))];
            let (board, _, _scratch) = open_board(&json!({ "devices": { "a": device } }), &components, Vec::new());
            assert!(board.devices().iter().all(|(_, kind)| kind.is_ok()), "{driver}: {:?}", board.devices());
        }
    });
}
