//! Components of somebody else's, whose functions take their handles as parameters.

#[path = "support/board.rs"]
#[allow(dead_code)]
mod board;
#[path = "../build/encode.rs"]
mod encode;
#[path = "support/guest.rs"]
#[allow(dead_code)]
mod guest;

use board::{on_one_thread, open_board};
use busbar_core::app::RunsApps;
use busbar_wamr::abi::Value;
use busbar_wamr::device::WIRED;
use guest::flattened_world;
use serde_json::json;

const WORLD: &str = "
package busbar:test;

interface probe {
    use wasi:i2c/i2c@0.2.0-draft.{i2c};
    read-first: func(bus: borrow<i2c>, address: u16) -> u8;
    keep: func(bus: borrow<i2c>);
}

world driver {
    import wasi:i2c/i2c@0.2.0-draft;
    export probe;
}
";

/// Reads register 0, or keeps what it was lent.
fn probe() -> Vec<u8> {
    let core = r#"(module
        (import "wasi:i2c/i2c@0.2.0-draft" "[method]i2c.read" (func $read (param i32 i32 i64 i32)))
        (import "wasi:i2c/i2c@0.2.0-draft" "[resource-drop]i2c" (func $drop (param i32)))
        (memory (export "memory") 1)
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
        (func (export "busbar:test/probe#read-first") (param $bus i32) (param $address i32) (result i32)
            (call $read (local.get $bus) (local.get $address) (i64.const 1) (i32.const 64))
            (call $drop (local.get $bus))
            (if (i32.load8_u (i32.const 64)) (then unreachable))
            (i32.load8_u (i32.load (i32.const 68))))
        (func (export "busbar:test/probe#keep") (param i32)))"#;
    flattened_world(&wat::parse_str(core).expect("the text is right"), WORLD, "driver")
}

#[test]
fn a_bus_is_lent_for_a_call_and_not_for_longer() {
    on_one_thread(async {
        let board = json!({
            "devices": { "a": { "driver": "./a.wasm", "i2c": { "bus": "sim", "address": "0x76" } } },
            "simulate": [{ "i2c": "sim", "address": "0x76", "model": "registers", "registers": { "0x00": "60" } }],
        });
        let (board, _, _scratch) = open_board(&board, &[("a", probe())], Vec::new());
        let component = board.component("a").await.expect("it starts");
        // Each time anew: none is left over.
        for value in [0x60, 0] {
            let read = component.call_with("busbar:test/probe", "read-first", vec![WIRED, Value::Unsigned(0x76)]).await;
            assert_eq!(read, Ok(Some(Value::Unsigned(value))));
        }
        let missing = component.call_with("busbar:test/probe", "fly", Vec::new()).await.expect_err("there is none");
        assert_eq!(missing.message, "it exports busbar:test/probe without its function fly");
        let kept = component.call_with("busbar:test/probe", "keep", vec![WIRED]).await.expect_err("it must not");
        assert_eq!(kept.message, "the driver failed: it keeps a handle that was lent to it");
        board.close().await;
    });
}

#[test]
fn a_component_with_a_resource_of_its_own_is_none_that_is_called() {
    const WORLD: &str = "
        package busbar:test;
        interface keeper { resource small-thing { count: func() -> u32; } }
        world driver { export keeper; }
    ";
    on_one_thread(async {
        let keeper = flattened_world(&wat::parse_str("(module)").expect("the text is right"), WORLD, "driver");
        let board = json!({ "devices": { "a": { "driver": "./a.wasm" } } });
        let (board, _, _scratch) = open_board(&board, &[("a", keeper)], Vec::new());
        let refused = board.component("a").await.err().map(|failure| failure.to_string());
        let expected = "a: the component exports the resource \"SmallThing\", which can only be used by a component that imports \
                        it; from here, functions are called.";
        assert_eq!(refused.as_deref(), Some(expected));
    });
}
