import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";

/**
 * Small components written in WebAssembly text, by no JavaScript toolchain: an app that asks a keeper for a thing of the
 * host's, and the keeper. What each declares of the host's interface is only what it uses.
 */

const thing = `(export "thing" (type $thing (sub resource)))`;

/** Imports `value` of things, and a keeper; `run` returns the value of the keeper's thing. */
export function watApp({ keeper = "test:keep/keeper@0.1.0", things = "test:host/things@0.1.0" } = {}) {
  return parse(`(component $app
    (import "${things}" (instance $things
      ${thing}
      (export "[method]thing.value" (func (param "self" (borrow $thing)) (result u32)))))
    (alias export $things "thing" (type $thing))
    (import "${keeper}" (instance $keeper
      (alias outer $app $thing (type $outer))
      (export "thing" (type $same (eq $outer)))
      (export "make" (func (result (own $same))))))
    (core func $make (canon lower (func $keeper "make")))
    (core func $value (canon lower (func $things "[method]thing.value")))
    (core func $drop (canon resource.drop $thing))
    (core module $code
      (import "" "make" (func $make (result i32)))
      (import "" "value" (func $value (param i32) (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (func (export "run") (result i32) (local $handle i32)
        (local.set $handle (call $make))
        (call $value (local.get $handle))
        (call $drop (local.get $handle))))
    (core instance $running (instantiate $code (with "" (instance
      (export "make" (func $make)) (export "value" (func $value)) (export "drop" (func $drop))))))
    (func $run (result u32) (canon lift (core func $running "run")))
    (instance $api (export "run" (func $run)))
    (export "test:app/api@0.1.0" (instance $api)))`);
}

/** Imports `create` of things; makes things of value 7. */
export function watKeeper({
  keeper = "test:keep/keeper@0.1.0",
  things = "test:host/things@0.1.0",
  make = "make",
} = {}) {
  return parse(`(component
    (import "${things}" (instance $things
      ${thing}
      (export "create" (func (param "value" u32) (result (own $thing))))))
    (alias export $things "thing" (type $thing))
    (core func $create (canon lower (func $things "create")))
    (core module $code
      (import "" "create" (func $create (param i32) (result i32)))
      (func (export "make") (result i32) (call $create (i32.const 7))))
    (core instance $running (instantiate $code (with "" (instance (export "create" (func $create))))))
    (func $make (result (own $thing)) (canon lift (core func $running "make")))
    (instance $keeper (export "thing" (type $thing)) (export "${make}" (func $make)))
    (export "${keeper}" (instance $keeper)))`);
}

/** Exports the host's things, so that a composition can bring those along as well: each has the value it is created with. */
export function watThings() {
  return parse(`(component
    (core module $code
      (func (export "identity") (param i32) (result i32) (local.get 0)))
    (core instance $running (instantiate $code))
    (type $thing (resource (rep i32)))
    (core func $new (canon resource.new $thing))
    (core module $making
      (import "" "new" (func $new (param i32) (result i32)))
      (func (export "create") (param i32) (result i32) (call $new (local.get 0))))
    (core instance $made (instantiate $making (with "" (instance (export "new" (func $new))))))
    (func $create (param "value" u32) (result (own $thing)) (canon lift (core func $made "create")))
    (func $value (param "self" (borrow $thing)) (result u32) (canon lift (core func $running "identity")))
    (component $shape
      (import "thing" (type $thing (sub resource)))
      (import "create" (func $create (param "value" u32) (result (own $thing))))
      (import "value" (func $value (param "self" (borrow $thing)) (result u32)))
      (export $exported "thing" (type $thing))
      (export "create" (func $create) (func (param "value" u32) (result (own $exported))))
      (export "[method]thing.value" (func $value) (func (param "self" (borrow $exported)) (result u32))))
    (instance $things (instantiate $shape
      (with "thing" (type $thing)) (with "create" (func $create)) (with "value" (func $value))))
    (export "test:host/things@0.1.0" (instance $things)))`);
}

/** wasi:i2c as far as the components below use it. */
const i2cInstance = `(instance $bus
    (export "i2c" (type $i2c (sub resource)))
    (type $source' (enum "address" "data" "unknown"))
    (export "no-acknowledge-source" (type $source (eq $source')))
    (type $code' (variant (case "bus") (case "arbitration-loss") (case "no-acknowledge" $source) (case "overrun")
      (case "other")))
    (export "error-code" (type $code (eq $code')))
    (export "[method]i2c.read" (func (param "self" (borrow $i2c)) (param "address" u16) (param "len" u64)
      (result (result (list u8) (error $code))))))`;

/**
 * A component that takes its handle as a parameter, as those of other languages do: `read-byte` and `keep` borrow it,
 * `take-and-keep` owns it from then on, and drops the one before.
 */
export function watI2cReader() {
  return parse(`(component
    (import "wasi:i2c/i2c@0.2.0-draft" ${i2cInstance})
    (alias export $bus "i2c" (type $handle))
    (alias export $bus "error-code" (type $code))
    (core module $room
      (memory (export "memory") 1)
      (global $next (mut i32) (i32.const 1024))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32)
        (global.get $next)
        (global.set $next (i32.and (i32.add (i32.add (global.get $next) (local.get 3)) (i32.const 7)) (i32.const -8)))))
    (core instance $room (instantiate $room))
    (core func $read (canon lower (func $bus "[method]i2c.read")
      (memory (core memory $room "memory")) (realloc (core func $room "realloc"))))
    (core func $drop (canon resource.drop $handle))
    (core module $code
      (import "" "read" (func $read (param i32 i32 i64 i32)))
      (import "" "drop" (func $drop (param i32)))
      (global $kept (mut i32) (i32.const 0))
      (func (export "read-byte") (param $connection i32) (param $address i32) (result i32)
        (call $read (local.get $connection) (local.get $address) (i64.const 1) (i32.const 0))
        (call $drop (local.get $connection))
        (i32.const 0))
      (func (export "keep") (param $connection i32) (global.set $kept (local.get $connection)))
      (func (export "take-and-keep") (param $connection i32)
        (if (global.get $kept) (then (call $drop (global.get $kept))))
        (global.set $kept (local.get $connection)))
      (func (export "read-kept") (param $address i32) (result i32)
        (call $read (global.get $kept) (local.get $address) (i64.const 1) (i32.const 0))
        (i32.const 0))
      (func (export "drop-twice") (param $connection i32)
        (call $drop (local.get $connection))
        (call $drop (local.get $connection))))
    (core instance $running (instantiate $code (with "" (instance
      (export "read" (func $read)) (export "drop" (func $drop))))))
    (func $read-byte (param "connection" (borrow $handle)) (param "address" u16)
      (result (result (list u8) (error $code)))
      (canon lift (core func $running "read-byte") (memory (core memory $room "memory"))))
    (func $keep (param "connection" (borrow $handle)) (canon lift (core func $running "keep")))
    (func $take (param "connection" (own $handle)) (canon lift (core func $running "take-and-keep")))
    (func $read-kept (param "address" u16) (result (result (list u8) (error $code)))
      (canon lift (core func $running "read-kept") (memory (core memory $room "memory"))))
    (func $drop-twice (param "connection" (borrow $handle)) (canon lift (core func $running "drop-twice")))
    (instance $reader
      (export "read-byte" (func $read-byte))
      (export "keep" (func $keep))
      (export "take-and-keep" (func $take))
      (export "read-kept" (func $read-kept))
      (export "drop-twice" (func $drop-twice)))
    (export "other:thing/reader@0.1.0" (instance $reader)))`);
}

/** A component that waits with a delay that it is lent. The core function's name says which export it is, as wit-component's. */
export function watWaiter() {
  return parse(`(component
    (import "wasi:i2c/delay@0.2.0-draft" (instance $time
      (export "delay" (type $delay (sub resource)))
      (export "[method]delay.delay-ns" (func (param "self" (borrow $delay)) (param "ns" u32)))))
    (alias export $time "delay" (type $handle))
    (core func $delay-ns (canon lower (func $time "[method]delay.delay-ns")))
    (core func $drop (canon resource.drop $handle))
    (core module $code
      (import "" "delay-ns" (func $delay-ns (param i32 i32)))
      (import "" "drop" (func $drop (param i32)))
      (func (export "other:thing/waiter@0.1.0#wait") (param $delay i32) (param $ns i32)
        (call $delay-ns (local.get $delay) (local.get $ns))
        (call $drop (local.get $delay)))
      (func (export "other:thing/waiter@0.1.0#keep") (param $delay i32)))
    (core instance $running (instantiate $code (with "" (instance
      (export "delay-ns" (func $delay-ns)) (export "drop" (func $drop))))))
    (func $wait (param "delay" (borrow $handle)) (param "ns" u32)
      (canon lift (core func $running "other:thing/waiter@0.1.0#wait")))
    (func $keep (param "delay" (borrow $handle))
      (canon lift (core func $running "other:thing/waiter@0.1.0#keep")))
    (instance $waiter (export "wait" (func $wait)) (export "keep" (func $keep)))
    (export "other:thing/waiter@0.1.0" (instance $waiter)))`);
}
