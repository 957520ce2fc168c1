//! A component that does something with the GPIO line of a name.

/// Its world.
pub const WORLDS: &str = "
    package other:thing@0.1.0;

    interface talk {
        use wasi:gpio/general@0.2.0.{gpio-error};
        use wasi:gpio/digital@0.2.0.{pin-state};
        use busbar:board/gpio@0.1.0.{edge};
        /// Of an input.
        read: func(name: string, line: string) -> result<pin-state, gpio-error>;
        /// Makes an output active.
        set: func(name: string, line: string) -> result<_, gpio-error>;
        /// Of a line in both directions: what it is after it was toggled.
        toggle: func(name: string, line: string) -> result<pin-state, gpio-error>;
        /// The edges of an input that come from now on, at most after so long.
        edges: func(name: string, line: string, timeout-ms: u32) -> result<list<edge>, gpio-error>;
        /// Waits until an input is active.
        until-active: func(name: string, line: string) -> result<_, gpio-error>;
        /// Waits.
        pause: func(ms: u32);
    }

    world talker {
        import wasi:io/poll@0.2.4;
        import wasi:gpio/digital@0.2.0;
        import wasi:gpio/delay@0.2.0;
        import busbar:board/gpio@0.1.0;
        export talk;
    }
";

/// Where a result of the host is put: at 16 the case of the result; at 20 what `ok` carries, or the case of the error; at 24 and 28 a text. What
/// is allocated is from 4096 on. Pins, pollables and edges are never dropped: that is the host's affair at the end.
pub const CORE: &str = r#"(module
    (import "busbar:board/gpio@0.1.0" "open-in" (func $open_in (param i32 i32 i32 i32 i32)))
    (import "busbar:board/gpio@0.1.0" "open-out" (func $open_out (param i32 i32 i32 i32 i32)))
    (import "busbar:board/gpio@0.1.0" "open-in-out" (func $open_in_out (param i32 i32 i32 i32 i32)))
    (import "busbar:board/gpio@0.1.0" "watch-edges" (func $watch_edges (param i32 i32)))
    (import "busbar:board/gpio@0.1.0" "[method]edges.wait" (func $wait (param i32 i32 i32)))
    (import "wasi:gpio/digital@0.2.0" "[method]digital-in-pin.read" (func $read (param i32 i32)))
    (import "wasi:gpio/digital@0.2.0" "[method]digital-in-pin.watch-active" (func $watch_active (param i32 i32)))
    (import "wasi:gpio/digital@0.2.0" "[method]digital-out-pin.set-active" (func $set_active (param i32 i32)))
    (import "wasi:gpio/digital@0.2.0" "[method]digital-in-out-pin.toggle" (func $toggle (param i32 i32)))
    (import "wasi:gpio/digital@0.2.0" "[method]digital-in-out-pin.read" (func $read_both (param i32 i32)))
    (import "wasi:gpio/delay@0.2.0" "delay-ms" (func $delay_ms (param i32)))
    (import "wasi:io/poll@0.2.4" "[method]pollable.block" (func $block (param i32)))
    (memory (export "memory") 4)
    (global $next (mut i32) (i32.const 4096))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
        (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
        (global.set $next (i32.add (local.get $at) (local.get 3)))
        (local.get $at))
    ;; Whether what the host gave is an error.
    (func $failed (result i32) (i32.load8_u (i32.const 16)))
    (func (export "other:thing/talk@0.1.0#read") (param $name i32) (param $length i32) (param $line i32) (param $count i32) (result i32)
        (call $open_in (local.get $name) (local.get $length) (local.get $line) (local.get $count) (i32.const 16))
        (if (i32.eqz (call $failed)) (then (call $read (i32.load (i32.const 20)) (i32.const 16))))
        (i32.const 16))
    (func (export "other:thing/talk@0.1.0#set") (param $name i32) (param $length i32) (param $line i32) (param $count i32) (result i32)
        (call $open_out (local.get $name) (local.get $length) (local.get $line) (local.get $count) (i32.const 16))
        (if (i32.eqz (call $failed)) (then (call $set_active (i32.load (i32.const 20)) (i32.const 16))))
        (i32.const 16))
    (func (export "other:thing/talk@0.1.0#toggle") (param $name i32) (param $length i32) (param $line i32) (param $count i32) (result i32)
        (local $pin i32)
        (call $open_in_out (local.get $name) (local.get $length) (local.get $line) (local.get $count) (i32.const 16))
        (if (call $failed) (then (return (i32.const 16))))
        (local.set $pin (i32.load (i32.const 20)))
        (call $toggle (local.get $pin) (i32.const 16))
        (if (i32.eqz (call $failed)) (then (call $read_both (local.get $pin) (i32.const 16))))
        (i32.const 16))
    (func (export "other:thing/talk@0.1.0#edges") (param $name i32) (param $length i32) (param $line i32) (param $count i32) (param $ms i32) (result i32)
        (call $open_in (local.get $name) (local.get $length) (local.get $line) (local.get $count) (i32.const 16))
        (if (call $failed) (then (return (i32.const 16))))
        (call $watch_edges (i32.load (i32.const 20)) (i32.const 16))
        (if (i32.eqz (call $failed)) (then (call $wait (i32.load (i32.const 20)) (local.get $ms) (i32.const 16))))
        (i32.const 16))
    (func (export "other:thing/talk@0.1.0#until-active") (param $name i32) (param $length i32) (param $line i32) (param $count i32) (result i32)
        (call $open_in (local.get $name) (local.get $length) (local.get $line) (local.get $count) (i32.const 16))
        (if (call $failed) (then (return (i32.const 16))))
        (call $watch_active (i32.load (i32.const 20)) (i32.const 16))
        (if (i32.eqz (call $failed)) (then (call $block (i32.load (i32.const 20)))))
        (i32.const 16))
    (func (export "other:thing/talk@0.1.0#pause") (param $ms i32) (call $delay_ms (local.get $ms))))"#;
