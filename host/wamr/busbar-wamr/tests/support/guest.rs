//! Makes flattened drivers of sensors from WebAssembly text.

use crate::encode::{encode_source, name, number};
use std::path::Path;

const WORLD: &str = "
package busbar:test;

world driver {
    import wasi:i2c/i2c@0.2.0-draft;
    import busbar:board/i2c@0.1.0;
    import busbar:board/time@0.1.0;
    export busbar:device/sensor@0.1.0;
}
";

/// What a test does otherwise than a driver that reads 1.5 °C.
pub struct Parts<'a> {
    pub imports: &'a str,
    pub memory_pages: u32,
    /// Anything beside.
    pub more: &'a str,
    pub start: &'a str,
    pub open: &'a str,
    pub channels: &'a str,
    pub read: &'a str,
    pub close: &'a str,
    pub realloc: &'a str,
}

impl Default for Parts<'_> {
    fn default() -> Self {
        Self {
            imports: "",
            memory_pages: 1,
            more: "",
            start: "",
            open: "(i32.store8 (i32.const 16) (i32.const 0)) (i32.store (i32.const 20) (call $new (i32.const 7))) (i32.const 16)",
            channels: "(i32.const 32)",
            read: "(i32.const 48)",
            close: "",
            realloc: "(i32.const 1024)",
        }
    }
}

/// The flattened driver. At 32 stands its list of one channel, at 48 its reading.
pub fn flattened(parts: &Parts<'_>) -> Vec<u8> {
    let Parts { imports, memory_pages, more, start, open, channels, read, close, realloc } = parts;
    let core = format!(
        r#"(module
            (import "[export]busbar:device/sensor@0.1.0" "[resource-new]device" (func $new (param i32) (result i32)))
            {imports}
            (memory (export "memory") {memory_pages})
            (data (i32.const 32) "\40\00\00\00\01\00\00\00")
            (data (i32.const 48) "\00\00\00\00\80\00\00\00\01\00\00\00")
            (data (i32.const 64) "\00\00\00\00\70\00\00\00\01\00\00\00\00\00\00\00\00\00\00\00\00\00\44\c0\00\00\00\00\00\40\55\40\9a\99\99\99\99\99\b9\3f")
            (data (i32.const 112) "t")
            (data (i32.const 128) "\00\00\00\00\00\00\f8\3f")
            {more}
            (func (export "_initialize") {start})
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) {realloc})
            (func (export "busbar:device/sensor@0.1.0#open") (param i32 i32) (result i32) {open})
            (func (export "busbar:device/sensor@0.1.0#[method]device.info") (param i32) (result i32) (i32.const 256))
            (func (export "busbar:device/sensor@0.1.0#[method]device.channels") (param i32) (result i32) {channels})
            (func (export "busbar:device/sensor@0.1.0#[method]device.read") (param i32) (result i32) {read})
            (func (export "busbar:device/sensor@0.1.0#[method]device.close") (param i32) {close}))"#
    );
    let module = wat::parse_str(core).expect("the text is right");
    with_sections(&module)
}

/// A core module as a flattened component of the world of these tests.
pub fn with_sections(module: &[u8]) -> Vec<u8> {
    flattened_world(module, WORLD, "driver")
}

/// A core module as a flattened component of a world.
pub fn flattened_world(module: &[u8], source: &str, world: &str) -> Vec<u8> {
    flattened_with(module, encoded(source, world))
}

/// The same, with an interface that is encoded.
pub fn flattened_with(module: &[u8], interface: Vec<u8>) -> Vec<u8> {
    let (header, rest) = module.split_at(8);
    let mut bytes = header.to_vec();
    for (section_name, contents) in [("busbar:component", vec![0; 32]), ("busbar:interface", interface)] {
        let mut section = name(section_name);
        section.extend(contents);
        bytes.push(0);
        bytes.extend(number(section.len() as u32));
        bytes.extend(section);
    }
    bytes.extend(rest);
    bytes
}

/// The interface of the world of these tests.
#[allow(dead_code, reason = "not all tests look at it")]
pub fn interface() -> Vec<u8> {
    encoded(WORLD, "driver")
}

fn encoded(source: &str, world: &str) -> Vec<u8> {
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../wit");
    encode_source(&wit, source, world).expect("a flattened component can have it")
}
