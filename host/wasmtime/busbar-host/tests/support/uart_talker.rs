//! A component that does something with the serial port of a name.

/// Its world.
pub const WORLDS: &str = "
    package other:thing@0.1.0;

    interface talk {
        use busbar:board/uart@0.1.0.{error, line-settings};
        read: func(name: string, maximum: u32, timeout-ms: u32) -> result<list<u8>, error>;
        write: func(name: string, data: list<u8>) -> result<_, error>;
        drain: func(name: string) -> result<_, error>;
        discard: func(name: string) -> result<_, error>;
        /// To another speed: how the port is set then.
        %switch: func(name: string, baud-rate: u32) -> result<line-settings, error>;
    }

    world talker {
        import busbar:board/uart@0.1.0;
        export talk;
    }
";

/// Where a result of the host is put: at 16 the case of the result; at 20 what `ok` carries, or the case of the error; at 24 and 28 its text.
/// What is allocated is from 4096 on. Ports are never dropped: that is the host's affair at the end.
pub const CORE: &str = r#"(module
    (import "busbar:board/uart@0.1.0" "open" (func $open_named (param i32 i32 i32)))
    (import "busbar:board/uart@0.1.0" "[method]port.get-line-settings" (func $settings (param i32 i32)))
    (import "busbar:board/uart@0.1.0" "[method]port.read" (func $read (param i32 i32 i32 i32)))
    (import "busbar:board/uart@0.1.0" "[method]port.write" (func $write (param i32 i32 i32 i32)))
    (import "busbar:board/uart@0.1.0" "[method]port.drain" (func $drain (param i32 i32)))
    (import "busbar:board/uart@0.1.0" "[method]port.discard" (func $discard (param i32 i32)))
    (import "busbar:board/uart@0.1.0" "[method]port.set-baud-rate" (func $set_baud_rate (param i32 i32 i32)))
    (memory (export "memory") 4)
    (global $next (mut i32) (i32.const 4096))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
        (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
        (global.set $next (i32.add (local.get $at) (local.get 3)))
        (local.get $at))
    ;; Whether what the host gave is an error.
    (func $failed (result i32) (i32.load8_u (i32.const 16)))
    ;; Opens the port of a name; whether that worked.
    (func $open (param $name i32) (param $length i32) (result i32)
        (call $open_named (local.get $name) (local.get $length) (i32.const 16))
        (i32.eqz (call $failed)))
    (func $port (result i32) (i32.load (i32.const 20)))
    (func (export "other:thing/talk@0.1.0#read") (param $name i32) (param $length i32) (param $maximum i32) (param $ms i32) (result i32)
        (if (call $open (local.get $name) (local.get $length))
            (then (call $read (call $port) (local.get $maximum) (local.get $ms) (i32.const 16))))
        (i32.const 16))
    (func (export "other:thing/talk@0.1.0#write") (param $name i32) (param $length i32) (param $data i32) (param $count i32) (result i32)
        (if (call $open (local.get $name) (local.get $length))
            (then (call $write (call $port) (local.get $data) (local.get $count) (i32.const 16))))
        (i32.const 16))
    (func (export "other:thing/talk@0.1.0#drain") (param $name i32) (param $length i32) (result i32)
        (if (call $open (local.get $name) (local.get $length)) (then (call $drain (call $port) (i32.const 16))))
        (i32.const 16))
    (func (export "other:thing/talk@0.1.0#discard") (param $name i32) (param $length i32) (result i32)
        (if (call $open (local.get $name) (local.get $length)) (then (call $discard (call $port) (i32.const 16))))
        (i32.const 16))
    (func (export "other:thing/talk@0.1.0#switch") (param $name i32) (param $length i32) (param $rate i32) (result i32)
        (local $port i32)
        (if (i32.eqz (call $open (local.get $name) (local.get $length))) (then (return (i32.const 16))))
        (local.set $port (call $port))
        (call $set_baud_rate (local.get $port) (local.get $rate) (i32.const 16))
        (if (i32.eqz (call $failed)) (then (call $settings (local.get $port) (i32.const 20))))
        (i32.const 16)))"#;
