//! Components in WebAssembly text, which is all that others' have to be.

use crate::encode::component;

const WORLDS: &str = "
    package other:thing@0.1.0;

    interface reader {
        use wasi:i2c/i2c@0.2.0-draft.{i2c, error-code};
        read-byte: func(connection: borrow<i2c>, address: u16) -> result<list<u8>, error-code>;
        keep: func(connection: borrow<i2c>);
    }

    interface things {
        resource thing;
        make: func() -> thing;
    }

    world readers {
        export reader;
    }

    world makers {
        export things;
    }
";

/// Borrows its handle: `read-byte` reads with it, and `keep` does not give it back.
pub fn i2c_reader() -> Vec<u8> {
    let core = r#"(module
        (import "wasi:i2c/i2c@0.2.0-draft" "[method]i2c.read" (func $read (param i32 i32 i64 i32)))
        (import "wasi:i2c/i2c@0.2.0-draft" "[resource-drop]i2c" (func $drop (param i32)))
        (memory (export "memory") 1)
        (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
        (func (export "other:thing/reader@0.1.0#read-byte") (param $connection i32) (param $address i32) (result i32)
            (call $read (local.get $connection) (local.get $address) (i64.const 1) (i32.const 0))
            (call $drop (local.get $connection))
            (i32.const 0))
        (func (export "other:thing/reader@0.1.0#keep") (param i32)))"#;
    component(WORLDS, "readers", core)
}

/// Exports a resource of its own.
pub fn with_resource() -> Vec<u8> {
    let core = r#"(module
        (import "[export]other:thing/things@0.1.0" "[resource-new]thing" (func $new (param i32) (result i32)))
        (memory (export "memory") 1)
        (func (export "other:thing/things@0.1.0#make") (result i32) (call $new (i32.const 1))))"#;
    component(WORLDS, "makers", core)
}
