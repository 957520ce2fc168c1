//! Components in WebAssembly text: the driver of a bridge, which has nothing behind it and answers by itself, and one that does on I2C what it
//! is asked for.

use crate::encode::component;

const WORLDS: &str = "
    package other:thing@0.1.0;

    interface talk {
        use wasi:i2c/i2c@0.2.0-draft.{i2c, operation, error-code};
        transaction: func(connection: borrow<i2c>, address: u16, operations: list<operation>) -> result<list<list<u8>>, error-code>;
        read: func(connection: borrow<i2c>, address: u16, length: u64) -> result<list<u8>, error-code>;
        write: func(connection: borrow<i2c>, address: u16, data: list<u8>) -> result<_, error-code>;
        write-read: func(connection: borrow<i2c>, address: u16, data: list<u8>, length: u64) -> result<list<u8>, error-code>;
    }

    world talker {
        export talk;
    }

    world bridge {
        import busbar:board/time@0.1.0;
        import busbar:board/log@0.1.0;
        export busbar:device/i2c-controller@0.1.0;
        export busbar:device/spi-controller@0.1.0;
    }

    world app {
        import wasi:i2c/i2c@0.2.0-draft;
        import busbar:board/i2c@0.1.0;
        export wasi:cli/run@0.2.0;
    }

    world lines {
        export busbar:device/gpio-controller@0.1.0;
    }
";

/// An app that drives the device "bare" itself: it ends well where it reads 1 from it.
pub fn app() -> Vec<u8> {
    component(WORLDS, "app", APP)
}

const APP: &str = r#"(module
    (import "busbar:board/i2c@0.1.0" "open" (func $open (param i32 i32 i32)))
    (import "wasi:i2c/i2c@0.2.0-draft" "[method]i2c.read" (func $read (param i32 i32 i64 i32)))
    (memory (export "memory") 1)
    (data (i32.const 128) "bare")
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "wasi:cli/run@0.2.0#run") (result i32)
        (call $open (i32.const 128) (i32.const 4) (i32.const 16))
        (if (i32.load8_u (i32.const 16)) (then (return (i32.const 1))))
        (call $read (i32.load (i32.const 20)) (i32.load16_u (i32.const 24)) (i64.const 1) (i32.const 64))
        (if (i32.load8_u (i32.const 64)) (then (return (i32.const 1))))
        (i32.ne (i32.load8_u (i32.load (i32.const 68))) (i32.const 1))))"#;

/// Each of its functions does the same with the handle that it borrows.
pub fn talker() -> Vec<u8> {
    component(WORLDS, "talker", TALKER)
}

const TALKER: &str = r#"(module
    (import "wasi:i2c/i2c@0.2.0-draft" "[method]i2c.transaction" (func $transaction (param i32 i32 i32 i32 i32)))
    (import "wasi:i2c/i2c@0.2.0-draft" "[method]i2c.read" (func $read (param i32 i32 i64 i32)))
    (import "wasi:i2c/i2c@0.2.0-draft" "[method]i2c.write" (func $write (param i32 i32 i32 i32 i32)))
    (import "wasi:i2c/i2c@0.2.0-draft" "[method]i2c.write-read" (func $write_read (param i32 i32 i32 i32 i64 i32)))
    (import "wasi:i2c/i2c@0.2.0-draft" "[resource-drop]i2c" (func $drop (param i32)))
    (memory (export "memory") 16)
    (global $next (mut i32) (i32.const 4096))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
        (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
        (global.set $next (i32.add (local.get $at) (local.get 3)))
        (local.get $at))
    (func (export "other:thing/talk@0.1.0#transaction") (param $i2c i32) (param $address i32) (param $list i32) (param $count i32) (result i32)
        (call $transaction (local.get $i2c) (local.get $address) (local.get $list) (local.get $count) (i32.const 16))
        (call $drop (local.get $i2c))
        (i32.const 16))
    (func (export "other:thing/talk@0.1.0#read") (param $i2c i32) (param $address i32) (param $length i64) (result i32)
        (call $read (local.get $i2c) (local.get $address) (local.get $length) (i32.const 16))
        (call $drop (local.get $i2c))
        (i32.const 16))
    (func (export "other:thing/talk@0.1.0#write") (param $i2c i32) (param $address i32) (param $data i32) (param $count i32) (result i32)
        (call $write (local.get $i2c) (local.get $address) (local.get $data) (local.get $count) (i32.const 16))
        (call $drop (local.get $i2c))
        (i32.const 16))
    (func (export "other:thing/talk@0.1.0#write-read") (param $i2c i32) (param $address i32) (param $data i32) (param $count i32) (param $length i64) (result i32)
        (call $write_read (local.get $i2c) (local.get $address) (local.get $data) (local.get $count) (local.get $length) (i32.const 16))
        (call $drop (local.get $i2c))
        (i32.const 16)))"#;

/// Reads from it give the number of the bus, again and again.
pub const THERE: u16 = 0x10;
/// Nobody answers at this address: "nobody is there".
pub const NOBODY: u16 = 0x11;
/// What is read there comes with one list more than was asked for.
pub const ONE_MORE: u16 = 0x12;
/// Each list is one byte longer than was asked for.
pub const LONGER: u16 = 0x13;
/// The driver traps.
pub const TRAPS: u16 = 0x14;
/// As [`COUNTS`], after 2.5 s; it warns before that it has begun.
pub const WAITS: u16 = 0x15;
/// Reads give how many transactions there were when this one began, itself among them.
pub const COUNTS: u16 = 0x16;

/// Exports two I2C buses, and one of SPI. A device on chip select 0 gives for each byte its mode, 16 more where the least significant bit is
/// first, and 64 more where its clock has 1000 Hz; that on 1 fails with 600 letters, that on 2 with a mode fault, and that on 3 gives one byte
/// too many.
pub fn bridge() -> Vec<u8> {
    component(WORLDS, "bridge", BRIDGE)
}

/// At 16 is what a function gives, from 128 on what is static, from 1024 on the list of lists, at 65536 the bytes that they have, and from 131072
/// on what comes.
const BRIDGE: &str = r#"(module
    (import "busbar:board/time@0.1.0" "wait-ms" (func $wait_ms (param i32)))
    (import "busbar:board/log@0.1.0" "warn" (func $warn (param i32 i32)))
    (import "[export]busbar:device/i2c-controller@0.1.0" "[resource-new]device" (func $new_i2c (param i32) (result i32)))
    (import "[export]busbar:device/spi-controller@0.1.0" "[resource-new]device" (func $new_spi (param i32) (result i32)))
    (memory (export "memory") 64)
    (global $next (mut i32) (i32.const 131072))
    (global $count (mut i32) (i32.const 0))
    (data (i32.const 128) "nobody is there")
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
        (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
        (global.set $next (i32.add (local.get $at) (local.get 3)))
        (local.get $at))
    (func $info (param i32) (result i32)
        (i64.store (i32.const 16) (i64.const 0))
        (i64.store (i32.const 24) (i64.const 0))
        (i32.const 16))
    (func $close (param i32))
    (func $ok (param $handle i32) (result i32)
        (i32.store8 (i32.const 16) (i32.const 0))
        (i32.store (i32.const 20) (local.get $handle))
        (i32.const 16))
    ;; Operations of 16 bytes, of which those of case 0 read as many bytes as they say, and those of case $also as many as they have: their
    ;; lists, and $more of them.
    (func $received (param $operations i32) (param $count i32) (param $also i32) (param $longer i32) (param $more i32) (param $fill i32) (result i32)
        (local $list i32) (local $case i32) (local $length i32)
        (local.set $list (i32.const 1024))
        (memory.fill (i32.const 65536) (local.get $fill) (i32.const 65536))
        (block $end (loop $next
            (br_if $end (i32.eqz (local.get $count)))
            (local.set $case (i32.load8_u (local.get $operations)))
            (local.set $length (i32.load (i32.add (local.get $operations) (i32.const 8))))
            (if (i32.eq (local.get $case) (local.get $also))
                (then (local.set $length (i32.load (i32.add (local.get $operations) (i32.const 12))))))
            (if (i32.or (i32.eqz (local.get $case)) (i32.eq (local.get $case) (local.get $also)))
                (then
                    (i32.store (local.get $list) (i32.const 65536))
                    (i32.store (i32.add (local.get $list) (i32.const 4)) (i32.add (local.get $length) (local.get $longer)))
                    (local.set $list (i32.add (local.get $list) (i32.const 8)))))
            (local.set $operations (i32.add (local.get $operations) (i32.const 16)))
            (local.set $count (i32.sub (local.get $count) (i32.const 1)))
            (br $next)))
        (i64.store (local.get $list) (i64.const 0))
        (i32.store8 (i32.const 16) (i32.const 0))
        (i32.store (i32.const 20) (i32.const 1024))
        (i32.store (i32.const 24) (i32.add (local.get $more)
            (i32.div_u (i32.sub (local.get $list) (i32.const 1024)) (i32.const 8))))
        (i32.const 16))

    (func (export "busbar:device/i2c-controller@0.1.0#open") (param i32 i32) (result i32)
        (call $ok (call $new_i2c (i32.const 1))))
    (func (export "busbar:device/i2c-controller@0.1.0#[method]device.info") (param i32) (result i32) (call $info (local.get 0)))
    (func (export "busbar:device/i2c-controller@0.1.0#[method]device.buses") (param i32) (result i32) (i32.const 2))
    (func (export "busbar:device/i2c-controller@0.1.0#[method]device.close") (param i32))
    (func (export "busbar:device/i2c-controller@0.1.0#[method]device.transaction")
        (param $self i32) (param $bus i32) (param $address i32) (param $operations i32) (param $length i32) (result i32)
        (local $fill i32)
        (global.set $count (i32.add (global.get $count) (i32.const 1)))
        (local.set $fill (local.get $bus))
        (if (i32.eq (local.get $address) (i32.const 0x14)) (then (unreachable)))
        (if (i32.eq (local.get $address) (i32.const 0x11)) (then
            ;; no-acknowledge of the address
            (i32.store8 (i32.const 16) (i32.const 1))
            (i32.store8 (i32.const 20) (i32.const 2))
            (i32.store8 (i32.const 21) (i32.const 0))
            (i32.store (i32.const 24) (i32.const 128))
            (i32.store (i32.const 28) (i32.const 15))
            (return (i32.const 16))))
        (if (i32.ge_u (local.get $address) (i32.const 0x15)) (then (local.set $fill (global.get $count))))
        (if (i32.eq (local.get $address) (i32.const 0x15)) (then
            (call $warn (i32.const 128) (i32.const 6))
            (call $wait_ms (i32.const 2500))))
        (call $received (local.get $operations) (local.get $length) (i32.const -1)
            (i32.eq (local.get $address) (i32.const 0x13)) (i32.eq (local.get $address) (i32.const 0x12)) (local.get $fill)))

    (func (export "busbar:device/spi-controller@0.1.0#open") (param i32 i32) (result i32)
        (call $ok (call $new_spi (i32.const 2))))
    (func (export "busbar:device/spi-controller@0.1.0#[method]device.info") (param i32) (result i32) (call $info (local.get 0)))
    (func (export "busbar:device/spi-controller@0.1.0#[method]device.buses") (param i32) (result i32) (i32.const 1))
    (func (export "busbar:device/spi-controller@0.1.0#[method]device.close") (param i32))
    (func (export "busbar:device/spi-controller@0.1.0#[method]device.transaction")
        (param $self i32) (param $bus i32) (param $select i32) (param $mode i32) (param $hz i32) (param $lsb i32) (param $operations i32) (param $length i32)
        (result i32)
        (if (i32.eq (local.get $select) (i32.const 1)) (then
            (memory.fill (i32.const 65536) (i32.const 120) (i32.const 600))
            (i32.store8 (i32.const 16) (i32.const 1))
            (i32.store8 (i32.const 20) (i32.const 4))
            (i32.store (i32.const 24) (i32.const 65536))
            (i32.store (i32.const 28) (i32.const 600))
            (return (i32.const 16))))
        (if (i32.eq (local.get $select) (i32.const 2)) (then
            (i32.store8 (i32.const 16) (i32.const 1))
            (i32.store8 (i32.const 20) (i32.const 1))
            (return (i32.const 16))))
        (call $received (local.get $operations) (local.get $length) (i32.const 2)
            (i32.eq (local.get $select) (i32.const 3)) (i32.const 0)
            (i32.add (i32.add (local.get $mode) (i32.shl (local.get $lsb) (i32.const 4)))
                (i32.shl (i32.eq (local.get $hz) (i32.const 1000)) (i32.const 6)))))
)"#;

/// Exports four GPIO lines, "GP0" to "GP3": whatever is written to GP0 is read from GP1 as well, GP2 cannot be read, and GP3 cannot be used. A
/// line that somebody has cannot be taken.
pub fn lines() -> Vec<u8> {
    component(WORLDS, "lines", LINES)
}

/// At 16 is what a function gives, from 128 on what is static, at 512 the level of each line, and at 520 whether somebody has it.
const LINES: &str = r#"(module
    (import "[export]busbar:device/gpio-controller@0.1.0" "[resource-new]device" (func $new (param i32) (result i32)))
    (memory (export "memory") 4)
    (global $next (mut i32) (i32.const 4096))
    (data (i32.const 128) "GP0GP1GP2GP3an input only")
    (data (i32.const 256) "\80\00\00\00\03\00\00\00\83\00\00\00\03\00\00\00\86\00\00\00\03\00\00\00\89\00\00\00\03\00\00\00")
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
        (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
        (global.set $next (i32.add (local.get $at) (local.get 3)))
        (local.get $at))
    (func $ok (param $value i32) (result i32)
        (i32.store8 (i32.const 16) (i32.const 0))
        (i32.store (i32.const 20) (local.get $value))
        (i32.const 16))
    (func $unsupported (result i32)
        (i32.store8 (i32.const 16) (i32.const 1))
        (i32.store8 (i32.const 20) (i32.const 7))
        (i32.store (i32.const 24) (i32.const 140))
        (i32.store (i32.const 28) (i32.const 13))
        (i32.const 16))
    (func (export "busbar:device/gpio-controller@0.1.0#open") (param i32 i32) (result i32)
        (call $ok (call $new (i32.const 1))))
    (func (export "busbar:device/gpio-controller@0.1.0#[method]device.info") (param i32) (result i32)
        (i64.store (i32.const 16) (i64.const 0))
        (i64.store (i32.const 24) (i64.const 0))
        (i32.const 16))
    (func (export "busbar:device/gpio-controller@0.1.0#[method]device.lines") (param i32) (result i32)
        (i32.store (i32.const 16) (i32.const 256))
        (i32.store (i32.const 20) (i32.const 4))
        (i32.const 16))
    (func (export "busbar:device/gpio-controller@0.1.0#[method]device.take")
        (param $self i32) (param $line i32) (param $direction i32) (param $has_pull i32) (param $pull i32) (param $open_drain i32) (param $initial i32)
        (result i32)
        (if (i32.eq (local.get $line) (i32.const 3)) (then (return (call $unsupported))))
        (if (i32.load8_u offset=520 (local.get $line)) (then (return (call $unsupported))))
        (i32.store8 offset=520 (local.get $line) (i32.const 1))
        (if (local.get $direction) (then (i32.store8 offset=512 (local.get $line) (local.get $initial))))
        (call $ok (i32.const 0)))
    (func (export "busbar:device/gpio-controller@0.1.0#[method]device.read") (param $self i32) (param $line i32) (result i32)
        (if (i32.eq (local.get $line) (i32.const 2)) (then
            (i32.store8 (i32.const 16) (i32.const 1))
            (i32.store8 (i32.const 20) (i32.const 3))
            (i32.store8 (i32.const 24) (i32.const 0))
            (i32.store (i32.const 28) (i32.const 128))
            (i32.store (i32.const 32) (i32.const 3))
            (return (i32.const 16))))
        (if (i32.eq (local.get $line) (i32.const 1)) (then (local.set $line (i32.const 0))))
        (call $ok (i32.load8_u offset=512 (local.get $line))))
    (func (export "busbar:device/gpio-controller@0.1.0#[method]device.write") (param $self i32) (param $line i32) (param $level i32) (result i32)
        (i32.store8 offset=512 (local.get $line) (local.get $level))
        (call $ok (i32.const 0)))
    (func (export "busbar:device/gpio-controller@0.1.0#[method]device.release") (param $self i32) (param $line i32) (result i32)
        (i32.store8 offset=520 (local.get $line) (i32.const 0))
        (call $ok (i32.const 0)))
    (func (export "busbar:device/gpio-controller@0.1.0#[method]device.close") (param i32)))"#;
