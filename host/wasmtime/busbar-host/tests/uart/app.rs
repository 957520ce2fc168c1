//! An app that drives a serial port itself.

use crate::encode::component;
use crate::printed::Printed;
use crate::pty::Pty;
use crate::workspace::{Compiler, TemporaryFolder, code_store, on_one_thread};
use busbar_host::app::Ended;
use busbar_host::board::parse_board;
use busbar_host::bus::Backends;
use busbar_host::bus::uart::linux::LinuxUart;
use busbar_host::components::InstalledComponents;
use busbar_host::engine::{Addresses, Machine};
use busbar_host::{OpenBoard, OpenOptions};
use serde_json::json;
use std::sync::Arc;

const WORLDS: &str = "
    package other:thing@0.1.0;
    world app {
        import busbar:board/uart@0.1.0;
        export wasi:cli/run@0.2.0;
    }
";

/// Opens the port "line" and writes to it, and ends well where that worked.
const CORE: &str = r#"(module
    (import "busbar:board/uart@0.1.0" "open" (func $open (param i32 i32 i32)))
    (import "busbar:board/uart@0.1.0" "[method]port.write" (func $write (param i32 i32 i32 i32)))
    (memory (export "memory") 4)
    (data (i32.const 64) "line" "last words")
    (global $next (mut i32) (i32.const 4096))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
        (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
        (global.set $next (i32.add (local.get $at) (local.get 3)))
        (local.get $at))
    (func (export "wasi:cli/run@0.2.0#run") (result i32)
        (call $open (i32.const 64) (i32.const 4) (i32.const 16))
        (if (i32.load8_u (i32.const 16)) (then (return (i32.const 1))))
        (call $write (i32.load (i32.const 20)) (i32.const 68) (i32.const 10) (i32.const 16))
        (i32.load8_u (i32.const 16))))"#;

#[test]
fn an_app_has_the_port_of_a_device_without_a_driver_and_what_it_wrote_leaves() {
    on_one_thread(async {
        let folder = TemporaryFolder::with(&[("app.wasm", component(WORLDS, "app", CORE))]);
        let pty = Pty::new();
        let board = json!({
            "devices": { "line": { "uart": { "port": pty.port } }, "read": { "uart": { "port": "none" } } },
            "apps": {
                "writer": { "component": "./app.wasm", "uses": ["line"] },
                "other": { "component": "./app.wasm", "uses": ["read"] },
            },
        });
        let board = parse_board(&board.to_string(), "board.json").expect("the board is right");
        let machine = Machine::new(Addresses::Plenty).expect("Wasmtime runs here");
        let store = code_store();
        let components = InstalledComponents { folder: folder.path(), store: &store, compile: &Compiler };
        let options = OpenOptions {
            folder: folder.path(),
            buses: Backends { uart: vec![Arc::new(LinuxUart::new(None))], ..Backends::default() },
            usb: Vec::new(),
            machine: machine.clone(),
            components: &components,
            listener: Arc::new(|_| {}),
            file: None,
            kept: Vec::new(),
        };
        let board = OpenBoard::open(board, options).expect("no app has a folder that it may not");
        // Each run opens it anew.
        for _ in 0..2 {
            let printed = Arc::new(Printed::default());
            let ended = board.run("writer", printed.options(), std::future::pending()).await;
            assert_eq!(ended, Ok(Ended::Well));
            assert_eq!(pty.received(10).await, b"last words");
        }
        // The name of another app's device is not its own.
        let printed = Arc::new(Printed::default());
        let refused = board.run("other", printed.options(), std::future::pending()).await;
        assert_eq!(refused.expect_err("it has no such device").to_string(), "other: it ended with an error.");
        board.close().await;
    });
}
