//! An app that was composed with its driver, on a USB device in memory that the board gives no driver.

#[path = "../../busbar-core/tests/support/echo_device.rs"]
#[allow(dead_code)]
mod echo_device;
#[path = "../../busbar-core/tests/support/printed.rs"]
#[allow(dead_code)]
mod printed;
#[allow(dead_code)]
mod support;

use busbar_host::OpenBoard;
use busbar_host::app::Ended;
use echo_device::{EchoBackend, EchoDevice};
use printed::Printed;
use serde_json::{Value, json};
use std::sync::Arc;
use support::{Folder, Told, built, open};

/// A board whose app drives "loop" itself; none where it was not built.
fn open_with(folder: &Folder, backend: Arc<EchoBackend>, device: &Value) -> Option<(OpenBoard, Told)> {
    let app = json!({ "component": built("tools/lab/dist/composed/echo.wasm")?, "uses": ["loop"] });
    Some(open(folder, backend, &json!({ "devices": { "loop": device }, "apps": { "echo": app } })))
}

/// The line that the app prints.
async fn run(board: &OpenBoard) -> String {
    let printed = Arc::<Printed>::default();
    assert_eq!(board.run("echo", printed.options(), std::future::pending()).await, Ok(Ended::Well));
    printed.text()
}

fn told_by(told: &Told) -> Vec<String> {
    std::mem::take(&mut told.lock().expect("nobody panics"))
}

#[tokio::test]
async fn an_app_with_a_driver_of_its_own_uses_its_device_run_after_run_and_gives_it_back() {
    let folder = Folder::new("app");
    let backend = Arc::<EchoBackend>::default();
    let device = json!({ "usb": { "vendorId": "0x1209", "interfaces": [0] } });
    let Some((board, told)) = open_with(&folder, backend.clone(), &device) else { return };
    assert_eq!(run(&board).await, "not-found: The USB device of \"loop\" is not plugged in; plug it in.\n");
    let absent = "no USB device that is plugged in matches; plug it in, or correct the entry";
    assert_eq!(told_by(&told), [format!("waiting: {absent}")]);
    let first = backend.plug(EchoDevice::new(1, "1-1").with_kernel_driver(0));
    for _ in 0..2 {
        assert_eq!(run(&board).await, ": 1 2 3\n");
        assert_eq!(first.opened(), 0, "it is closed");
        assert!(first.is_with_kernel(0), "the system has it again");
    }
    backend.unplug(&first);
    backend.plug(EchoDevice::new(1, "1-2"));
    assert_eq!(run(&board).await, ": 1 2 3\n");
    assert_eq!(told_by(&told), Vec::<String>::new());
}

#[tokio::test]
async fn an_app_is_held_to_the_entry_of_its_device() {
    let folder = Folder::new("app-denied");
    let backend = Arc::<EchoBackend>::default();
    backend.plug(EchoDevice::new(1, "1-1"));
    let device = json!({ "usb": { "vendorId": "0x1209", "interfaces": [0], "maximumLength": 2 } });
    let Some((board, told)) = open_with(&folder, backend, &device) else { return };
    let refused = "reading 512 bytes from endpoint 0x81 is not allowed; see the host's audit trail, and grant it in the board file.";
    assert_eq!(run(&board).await, format!("access-denied: {refused}\n"));
    let told = told_by(&told);
    assert!(matches!(&told[..], [line] if line.contains("\"length\"")), "{told:?}");
}
