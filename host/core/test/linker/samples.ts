/** Small components that have, together, everything that the linker knows: what the mutated binaries are made from. */

import { parseWat } from "@busbar/jco";
import { echo, inRoom, room } from "./harness.ts";

const resources = `(component
  (core module $ends (func (export "drop") (param i32)))
  (core instance $ends (instantiate $ends))
  (type $thing (resource (rep i32) (dtor (core func $ends "drop"))))
  (core func $new (canon resource.new $thing))
  (core func $rep (canon resource.rep $thing))
  (core func $drop (canon resource.drop $thing))
  (core module $code
    (import "" "new" (func $new (param i32) (result i32)))
    (import "" "rep" (func $rep (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
    (func (export "value") (param i32) (result i32) (local.get 0))
    (func (export "take") (param i32) (result i32)
      (call $rep (local.get 0)) (call $drop (local.get 0))))
  (core instance $running (instantiate $code (with "" (instance
    (export "new" (func $new)) (export "rep" (func $rep)) (export "drop" (func $drop))))))
  (func $make (param "value" u32) (result (own $thing)) (canon lift (core func $running "make")))
  (func $value (param "self" (borrow $thing)) (result u32) (canon lift (core func $running "value")))
  (func $take (param "thing" (own $thing)) (result u32) (canon lift (core func $running "take")))
  (component $shape
    (import "thing" (type $thing (sub resource)))
    (import "make" (func $make (param "value" u32) (result (own $thing))))
    (import "value" (func $value (param "self" (borrow $thing)) (result u32)))
    (import "take" (func $take (param "thing" (own $thing)) (result u32)))
    (export $out "thing" (type $thing))
    (export "make" (func $make) (func (param "value" u32) (result (own $out))))
    (export "[method]thing.value" (func $value) (func (param "self" (borrow $out)) (result u32)))
    (export "take" (func $take) (func (param "thing" (own $out)) (result u32))))
  (instance $api (instantiate $shape (with "thing" (type $thing))
    (with "make" (func $make)) (with "value" (func $value)) (with "take" (func $take))))
  (export "test:things/api@1.2.3" (instance $api)))`;

const nested = `(component $outer
  (import "test:x/h@0.1.0" (instance $h
    (export "thing" (type $thing (sub resource)))
    (export "[constructor]thing" (func (result (own $thing))))
    (export "[method]thing.text" (func (param "self" (borrow $thing)) (result string)))))
  (alias export $h "thing" (type $thing))
  (core module $shared (func (export "seven") (result i32) (i32.const 7)))
  (component $part
    (import "h" (instance $h
      (export "thing" (type $thing (sub resource)))
      (export "[constructor]thing" (func (result (own $thing))))))
    (alias outer $outer $shared (core module $inner))
    (core instance $running (instantiate $inner))
    (func (export "seven") (result u32) (canon lift (core func $running "seven"))))
  (instance $one (instantiate $part (with "h" (instance $h))))
  (instance $two (instantiate $part (with "h" (instance $h))))
  (core func $seven (canon lower (func $one "seven")))
  ${room(1)}
  (core module $code
    (import "" "seven" (func $seven (result i32)))
    (func (export "both") (result i32) (i32.add (call $seven) (call $seven)))
    (func (export "text") (result i32) (i32.const 8))
    (func (export "clean") (param i32)))
  (core instance $running (instantiate $code (with "" (instance (export "seven" (func $seven))))))
  (func $both (result u32) (canon lift (core func $running "both")))
  (func $text (result (result string (error (enum "a" "b"))))
    (canon lift (core func $running "text") ${inRoom} string-encoding=utf16 (post-return (core func $running "clean"))))
  (instance $api (export "both" (func $both)) (export "text" (func $text)) (export "inner" (instance $two)))
  (export "test:y/api" (instance $api)))`;

/** All of them as binaries. */
export async function sampleComponents(): Promise<readonly Uint8Array<ArrayBuffer>[]> {
  return Promise.all([
    parseWat(resources),
    parseWat(nested),
    echo({ list: "string" }),
    echo({ variant: ["f64", "u8", undefined, { tuple: ["s64", "char"] }] }, "latin1+utf16"),
    echo({
      record: [{ option: { option: "bool" } }, { flags: 20 }, { enum: 12 }, { result: ["u32", "string"] }],
    }),
  ]);
}
