//! A component that speaks to the SPI device of a name, for both shapes of wasi:spi.

/// Its world, in which wasi:spi has either shape.
pub const WORLDS: &str = "
    package other:thing@0.1.0;

    interface talk {
        use wasi:spi/spi.{error, operation-result};
        transfer: func(name: string, data: list<u8>) -> result<list<u8>, error>;
        /// Whether it failed; and the case and the text of the error that `write` gave, which is none where it gave none.
        write: func(name: string, data: list<u8>) -> tuple<bool, u8, string>;
        /// Writes 0x90, waits for 500 ns, reads two bytes, and transfers 0x90.
        run: func(name: string) -> result<list<operation-result>, error>;
        /// Reads so many bytes.
        read: func(name: string, length: u64) -> result<list<u8>, error>;
    }

    world talker {
        import wasi:spi/spi;
        export talk;
    }
";

/// Where a result of the host is put, and what it has at which place: 0 the case of the result; 4 what `ok` carries, or the case of the error;
/// 8 and 12 a text. What is static is from 512 on, what is allocated from 4096 on.
pub const CORE: &str = r#"(module
    (import "wasi:spi/spi" "open" (func $open (param i32 i32 i32)))
    (import "wasi:spi/spi" "[method]spi-device.read" (func $read (param i32 i64 i32)))
    (import "wasi:spi/spi" "[method]spi-device.transfer" (func $transfer (param i32 i32 i32 i32)))
    (import "wasi:spi/spi" "[method]spi-device.write" (func $write (param i32 i32 i32 i32)))
    (import "wasi:spi/spi" "[method]spi-device.transaction" (func $transaction (param i32 i32 i32 i32)))
    (import "wasi:spi/spi" "[resource-drop]spi-device" (func $drop (param i32)))
    (memory (export "memory") 4)
    (global $next (mut i32) (i32.const 4096))
    (data (i32.const 512) "\01\00\00\00\00\00\00\00\00\03\00\00\01\00\00\00")
    (data (i32.const 528) "\03\00\00\00\00\00\00\00\f4\01\00\00\00\00\00\00")
    (data (i32.const 544) "\00\00\00\00\00\00\00\00\02\00\00\00\00\00\00\00")
    (data (i32.const 560) "\02\00\00\00\00\00\00\00\00\03\00\00\01\00\00\00")
    (data (i32.const 768) "\90")
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
        (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
        (global.set $next (i32.add (local.get $at) (local.get 3)))
        (local.get $at))
    ;; Whether it was refused, which is at 16 then; otherwise, the device is at 20.
    (func $refused (param $name i32) (param $length i32) (result i32)
        (call $open (local.get $name) (local.get $length) (i32.const 16))
        (i32.load8_u (i32.const 16)))
    (func (export "other:thing/talk@0.1.0#transfer") (param $name i32) (param $length i32) (param $data i32) (param $count i32) (result i32)
        (local $device i32)
        (if (call $refused (local.get $name) (local.get $length)) (then (return (i32.const 16))))
        (local.set $device (i32.load (i32.const 20)))
        (call $transfer (local.get $device) (local.get $data) (local.get $count) (i32.const 16))
        (call $drop (local.get $device))
        (i32.const 16))
    (func (export "other:thing/talk@0.1.0#read") (param $name i32) (param $length i32) (param $count i64) (result i32)
        (local $device i32)
        (if (call $refused (local.get $name) (local.get $length)) (then (return (i32.const 16))))
        (local.set $device (i32.load (i32.const 20)))
        (call $read (local.get $device) (local.get $count) (i32.const 16))
        (call $drop (local.get $device))
        (i32.const 16))
    (func (export "other:thing/talk@0.1.0#run") (param $name i32) (param $length i32) (result i32)
        (local $device i32)
        (if (call $refused (local.get $name) (local.get $length)) (then (return (i32.const 16))))
        (local.set $device (i32.load (i32.const 20)))
        (call $transaction (local.get $device) (i32.const 512) (i32.const 4) (i32.const 16))
        (call $drop (local.get $device))
        (i32.const 16))
    (func (export "other:thing/talk@0.1.0#write") (param $name i32) (param $length i32) (param $data i32) (param $count i32) (result i32)
        (local $device i32)
        (if (call $refused (local.get $name) (local.get $length)) (then (unreachable)))
        (local.set $device (i32.load (i32.const 20)))
        (i64.store (i32.const 20) (i64.const 0))
        (i64.store (i32.const 28) (i64.const 0))
        (call $write (local.get $device) (local.get $data) (local.get $count) (i32.const 16))
        (call $drop (local.get $device))
        (i32.store8 (i32.const 64) (i32.load8_u (i32.const 16)))
        (i32.store8 (i32.const 65) (i32.load8_u (i32.const 20)))
        (i64.store (i32.const 68) (i64.load (i32.const 24)))
        (i32.const 64)))"#;
