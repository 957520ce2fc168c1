//! Components of a few lines of WebAssembly text. What a part of them is called is the component model's own
//! (CanonicalABI.md); wit-component makes components of them.

use crate::encode::component;

/// What all of them have: memory, and a `cabi_realloc` that only ever takes more.
pub const MEMORY: &str = r#"
    (memory (export "memory") 4)
    (global $free (mut i32) (i32.const 65536))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
        (local $at i32)
        (local.set $at (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
        (global.set $free (i32.add (local.get $at) (local.get 3)))
        (local.get $at))
"#;

/// What the worlds of these tests are made of.
const WORLDS: &str = "
    package busbar:test;
    world driver {
        import busbar:board/time@0.1.0;
        export busbar:device/sensor@0.1.0;
    }
    world app {
        import busbar:device/sensor@0.1.0;
        import wasi:cli/stdout@0.2.0;
        import wasi:clocks/monotonic-clock@0.2.0;
        import wasi:io/poll@0.2.0;
        import wasi:io/streams@0.2.0;
        export wasi:cli/run@0.2.0;
    }
";

/// What prints: the imports of an app, and `$print`, which prints a character.
pub const PRINT_IMPORTS: &str = r#"
    (import "wasi:cli/stdout@0.2.0" "get-stdout" (func $stdout (result i32)))
    (import "wasi:io/streams@0.2.0" "[method]output-stream.blocking-write-and-flush"
        (func $write (param i32 i32 i32 i32)))
    (import "wasi:io/streams@0.2.0" "[resource-drop]output-stream" (func $drop_stream (param i32)))
"#;
pub const PRINT: &str = r#"
    (func $print (param $character i32)
        (local $stream i32)
        (local.set $stream (call $stdout))
        (i32.store8 (i32.const 16) (local.get $character))
        (call $write (local.get $stream) (i32.const 16) (i32.const 1) (i32.const 32))
        (call $drop_stream (local.get $stream)))
    (func $error (param $at i32)
        (call $print (i32.add (i32.const 97) (i32.load8_u (local.get $at)))))
"#;

/// A sensor that reads how many devices of this life of it are open. `read` is what it does before.
pub fn sensor(read: &str) -> Vec<u8> {
    sensor_that("", read)
}

/// The same, and `open` is what it does while it opens a device, which is one of the open ones then.
pub fn sensor_that_opens(open: &str) -> Vec<u8> {
    sensor_of(open, "", "")
}

/// The same, and `channels` is what it does when it is asked for its channel, of which label, minimum, maximum and
/// resolution lie in memory from 836 on. What it reads is more by the global `$more`.
pub fn sensor_that(channels: &str, read: &str) -> Vec<u8> {
    sensor_of("", channels, read)
}

fn sensor_of(open: &str, channels: &str, read: &str) -> Vec<u8> {
    let core = format!(
        r#"(module
            (import "[export]busbar:device/sensor@0.1.0" "[resource-new]device" (func $new (param i32) (result i32)))
            (import "busbar:board/time@0.1.0" "wait-ms" (func $wait (param i32)))
            {MEMORY}
            (global $open (mut i32) (i32.const 0))
            (global $reads (mut i32) (i32.const 0))
            (global $more (mut f64) (f64.const 0))
            (data (i32.const 1024) "VMt")
            (func (export "busbar:device/sensor@0.1.0#open") (param i32 i32) (result i32)
                (global.set $open (i32.add (global.get $open) (i32.const 1)))
                {open}
                (i32.store8 (i32.const 256) (i32.const 0))
                (i32.store (i32.const 260) (call $new (i32.const 1)))
                (i32.const 256))
            (func (export "busbar:device/sensor@0.1.0#[method]device.info") (param i32) (result i32)
                (i32.store (i32.const 512) (i32.const 1024)) (i32.store (i32.const 516) (i32.const 1))
                (i32.store (i32.const 520) (i32.const 1025)) (i32.store (i32.const 524) (i32.const 1))
                (i32.const 512))
            (func (export "busbar:device/sensor@0.1.0#[method]device.channels") (param i32) (result i32)
                (i32.store (i32.const 768) (i32.const 832)) (i32.store (i32.const 772) (i32.const 1))
                (i32.store8 (i32.const 832) (i32.const 0))
                (i32.store (i32.const 836) (i32.const 1026)) (i32.store (i32.const 840) (i32.const 1))
                (f64.store (i32.const 848) (f64.const 0)) (f64.store (i32.const 856) (f64.const 100))
                (f64.store (i32.const 864) (f64.const 0.1))
                {channels}
                (i32.const 768))
            (func (export "busbar:device/sensor@0.1.0#[method]device.read") (param i32) (result i32)
                (global.set $reads (i32.add (global.get $reads) (i32.const 1)))
                {read}
                (i32.store8 (i32.const 896) (i32.const 0))
                (i32.store (i32.const 900) (i32.const 920)) (i32.store (i32.const 904) (i32.const 1))
                (f64.store (i32.const 920) (f64.add (global.get $more) (f64.convert_i32_s (global.get $open))))
                (i32.const 896))
            (func (export "busbar:device/sensor@0.1.0#[method]device.close") (param i32)
                (global.set $open (i32.sub (global.get $open) (i32.const 1)))))"#
    );
    component(WORLDS, "driver", &core)
}

/// An app. `main` may call `$print` with a character; `$open`, which opens "a" and gives 0 or prints the error's letter and
/// gives 1; `$read`, which prints the reading's digit or the error's letter; `$close`, `$drop` and `$wait` (milliseconds).
pub fn app(main: &str) -> Vec<u8> {
    component(WORLDS, "app", &app_core(main))
}

/// The same in another world.
pub fn app_of(worlds: &str, main: &str) -> Vec<u8> {
    component(worlds, "app", &app_core(main))
}

fn app_core(main: &str) -> String {
    format!(
        r#"(module
            (import "busbar:device/sensor@0.1.0" "open" (func $open_sensor (param i32 i32 i32)))
            (import "busbar:device/sensor@0.1.0" "[method]device.read" (func $read_device (param i32 i32)))
            (import "busbar:device/sensor@0.1.0" "[method]device.close" (func $close_device (param i32)))
            (import "busbar:device/sensor@0.1.0" "[resource-drop]device" (func $drop_device (param i32)))
            {PRINT_IMPORTS}
            (import "wasi:clocks/monotonic-clock@0.2.0" "subscribe-duration" (func $subscribe (param i64) (result i32)))
            (import "wasi:io/poll@0.2.0" "[method]pollable.block" (func $block (param i32)))
            (import "wasi:io/poll@0.2.0" "[resource-drop]pollable" (func $drop_pollable (param i32)))
            {MEMORY}
            (global $device (mut i32) (i32.const 0))
            (data (i32.const 1024) "a")
            {PRINT}
            (func $open (result i32)
                (call $open_sensor (i32.const 1024) (i32.const 1) (i32.const 64))
                (global.set $device (i32.load (i32.const 68)))
                (if (i32.load8_u (i32.const 64)) (then (call $error (i32.const 68))))
                (i32.load8_u (i32.const 64)))
            (func $read
                (call $read_device (global.get $device) (i32.const 96))
                (if (i32.load8_u (i32.const 96))
                    (then (call $error (i32.const 100)))
                    (else (call $print (i32.add (i32.const 48)
                        (i32.trunc_f64_s (f64.load (i32.load (i32.const 100)))))))))
            (func $close (call $close_device (global.get $device)))
            (func $drop (call $drop_device (global.get $device)))
            (func $wait (param $ms i32)
                (local $timer i32)
                (local.set $timer (call $subscribe
                    (i64.mul (i64.extend_i32_u (local.get $ms)) (i64.const 1000000))))
                (call $block (local.get $timer))
                (call $drop_pollable (local.get $timer)))
            (func (export "wasi:cli/run@0.2.0#run") (result i32)
                {main}
                (i32.const 0)))"#
    )
}
