//! Functions of a device that wait for what it sends, for as long as an app says.

use crate::encode::component;
use crate::fixture::Fixture;
use crate::guests::{MEMORY, PRINT, PRINT_IMPORTS};
use crate::workspace_files::on_one_thread;
use serde_json::json;

const WORLDS: &str = "
    package busbar:test;
    world driver {
        import busbar:board/time@0.1.0;
        export busbar:device/serial-port@0.1.0;
    }
    world app {
        import busbar:device/serial-port@0.1.0;
        import wasi:cli/stdout@0.2.0;
        import wasi:io/streams@0.2.0;
        export wasi:cli/run@0.2.0;
    }
";

/// A serial port to which the digit of how often it was read comes, in the call of this number; before it waits in vain.
fn serial_port(call: u32) -> Vec<u8> {
    // Each gives a result of nothing, at a place where there is nothing.
    let others = [
        ("get-line-settings", "i32"),
        ("set-line-settings", "i32 i32 i32 i32 i32"),
        ("write", "i32 i32 i32"),
        ("drain", "i32"),
        ("set-control-signals", "i32 i32"),
        ("get-line-state", "i32"),
        ("send-break", "i32 i32"),
        ("info", "i32"),
        ("close", "i32"),
    ];
    let others: String = others
        .iter()
        .map(|(name, parameters)| {
            let name = format!("busbar:device/serial-port@0.1.0#[method]device.{name}");
            format!(r#"(func (export "{name}") (param {parameters}) (result i32) (i32.const 512))"#)
        })
        .collect();
    let core = format!(
        r#"(module
            (import "[export]busbar:device/serial-port@0.1.0" "[resource-new]device" (func $new (param i32) (result i32)))
            (import "busbar:board/time@0.1.0" "wait-ms" (func $wait (param i32)))
            {MEMORY}
            (global $reads (mut i32) (i32.const 0))
            (func (export "busbar:device/serial-port@0.1.0#open") (param i32 i32) (result i32)
                (i32.store8 (i32.const 256) (i32.const 0))
                (i32.store (i32.const 260) (call $new (i32.const 1)))
                (i32.const 256))
            (func (export "busbar:device/serial-port@0.1.0#[method]device.read")
                (param $device i32) (param $maximum i32) (param $ms i32) (result i32)
                (global.set $reads (i32.add (global.get $reads) (i32.const 1)))
                (i32.store8 (i32.const 896) (i32.const 0))
                (i32.store (i32.const 900) (i32.const 920)) (i32.store (i32.const 904) (i32.const 0))
                (if (i32.eq (global.get $reads) (i32.const {call}))
                    (then
                        (i32.store8 (i32.const 920) (i32.add (i32.const 48) (global.get $reads)))
                        (i32.store (i32.const 904) (i32.const 1)))
                    (else (call $wait (local.get $ms))))
                (i32.const 896))
            {others})"#
    );
    component(WORLDS, "driver", &core)
}

/// Opens "a", reads at most so many bytes for at most so many milliseconds, and prints the first that came, "-" where none
/// came, or the letter of the error.
fn reader(maximum: u32, timeout_ms: u32) -> Vec<u8> {
    let core = format!(
        r#"(module
            (import "busbar:device/serial-port@0.1.0" "open" (func $open (param i32 i32 i32)))
            (import "busbar:device/serial-port@0.1.0" "[method]device.read" (func $read (param i32 i32 i32 i32)))
            {PRINT_IMPORTS}
            {MEMORY}
            (data (i32.const 1024) "a")
            {PRINT}
            (func (export "wasi:cli/run@0.2.0#run") (result i32)
                (call $open (i32.const 1024) (i32.const 1) (i32.const 64))
                (call $read (i32.load (i32.const 68)) (i32.const {maximum}) (i32.const {timeout_ms}) (i32.const 96))
                (if (i32.load8_u (i32.const 96))
                    (then (call $error (i32.const 100)))
                    (else (call $print (if (result i32) (i32.load (i32.const 104))
                        (then (i32.load8_u (i32.load (i32.const 100)))) (else (i32.const 45))))))
                (i32.const 0)))"#
    );
    component(WORLDS, "app", &core)
}

async fn run(call: u32, maximum: u32, timeout_ms: u32) -> String {
    let board = json!({
        "devices": {
            "a": { "driver": "./a.wasm", "i2c": { "bus": "sim", "address": "0x76" }, "limits": { "callMs": 100 } },
        },
        "simulate": [{ "i2c": "sim", "address": "0x76", "model": "registers", "registers": {} }],
        "apps": { "app": { "component": "./app.wasm", "uses": ["a"] } },
    });
    let components = [("a.wasm", serial_port(call)), ("app.wasm", reader(maximum, timeout_ms))];
    let fixture = Fixture::open(&board, &components);
    let printed = fixture.run("app").await.expect("the app ends");
    assert!(fixture.trapped().is_empty(), "{:?}", fixture.trapped());
    printed
}

#[test]
fn a_wait_is_longer_than_a_call_may_take() {
    on_one_thread(async {
        // Each call may take 100 ms.
        assert_eq!(run(4, 16, 60_000).await, "4");
        assert_eq!(run(9, 16, 250).await, "-");
    });
}

#[test]
fn what_asks_for_nothing_waits_for_nothing() {
    on_one_thread(async {
        assert_eq!(run(9, 0, 60_000).await, "-");
    });
}

#[test]
fn more_bytes_than_were_asked_for_make_no_sense() {
    on_one_thread(async {
        assert_eq!(run(1, 0, 0).await, "f");
    });
}
