/** Small components that have, together, everything that flattening knows of core modules. Each exports `run`, a number. */

import { parseWat } from "@busbar/jco";

/** A component around core definitions that have an instance `$code` with the function "run". */
const running = (definitions: string) => `(component
  ${definitions}
  (func $run (result u32) (canon lift (core func $code "run")))
  (export "run" (func $run)))`;

/** A memory, a table and where libraries begin in them, and two libraries that are linked as wit-component links them. */
const libraries = running(`
  (core module $main-code
    (memory (export "memory") 2 8)
    (table (export "table") 8 funcref)
    (global (export "stack") (mut i32) (i32.const 1024))
    (global (export "memory_base") i32 (i32.const 2048))
    (global (export "table_base") i32 (i32.const 3))
    (global (export "got") (mut i32) (i32.const 0))
    (data (i32.const 100) "\\07\\00\\00\\00"))
  (core instance $main (instantiate $main-code))
  (core module $library-code
    (type $number (func (result i32)))
    (import "env" "memory" (memory 1))
    (import "env" "table" (table 2 funcref))
    (import "env" "base" (global $base i32))
    (import "env" "table_base" (global $table_base i32))
    (import "env" "got" (global $got (mut i32)))
    (func $seven (type $number) (i32.const 7))
    (func $stored (type $number) (i32.load (i32.add (global.get $base) (i32.const 4))))
    (func $other (param i32) (result i32) (local.get 0))
    (func $unused (result i64) (i64.const 1))
    (func (export "unused") (result i64) (call $unused))
    (func (export "sum") (result i32)
      (i32.add
        (i32.add
          (call_indirect (type $number) (i32.add (global.get $table_base) (i32.const 0)))
          (call_indirect (type $number) (i32.add (global.get $table_base) (i32.const 1))))
        (i32.add (global.get $got) (i32.load (i32.add (global.get $base) (i32.const -1948))))))
    (elem (global.get $table_base) func $seven $stored $other)
    (data (global.get $base) "\\00\\00\\00\\00\\2a\\00\\00\\00"))
  (core instance $library (instantiate $library-code (with "env" (instance
    (export "memory" (memory $main "memory")) (export "table" (table $main "table"))
    (export "base" (global $main "memory_base")) (export "table_base" (global $main "table_base"))
    (export "got" (global $main "got"))))))
  (core module $user-code
    (import "" "sum" (func $sum (result i32)))
    (import "" "got" (global $got (mut i32)))
    (import "" "memory" (memory 1))
    (func (export "run") (result i32)
      (global.set $got (i32.const 1000))
      (drop (memory.grow (i32.const 1)))
      (i32.add (call $sum) (memory.size))))
  (core instance $code (instantiate $user-code (with "" (instance
    (export "sum" (func $library "sum")) (export "got" (global $main "got"))
    (export "memory" (memory $main "memory"))))))`);

/** Start functions, each of which sees what was there before it and nothing of what came after. */
const starting = running(`
  (core module $one-code
    (memory (export "memory") 1)
    (table (export "table") 4 funcref)
    (global $seen (export "seen") (mut i32) (i32.const 0))
    (func $start
      (global.set $seen (i32.load (i32.const 0)))
      (i32.store (i32.const 8) (i32.const 5)))
    (start $start)
    (data (i32.const 0) "\\01"))
  (core instance $one (instantiate $one-code))
  (core module $two-code
    (type $number (func (result i32)))
    (import "one" "memory" (memory 1))
    (import "one" "table" (table 1 funcref))
    (import "one" "seen" (global $seen (mut i32)))
    (func $ten (type $number) (i32.const 10))
    (func $start
      (global.set $seen (i32.add (i32.mul (global.get $seen) (i32.const 16))
        (call_indirect (type $number) (i32.const 2)))))
    (func (export "run") (result i32)
      (i32.add (i32.mul (global.get $seen) (i32.const 256)) (i32.load (i32.const 8))))
    (start $start)
    (elem (i32.const 2) func $ten)
    (data (i32.const 0) "\\09")
    (data (i32.const 9) "\\02"))
  (core instance $code (instantiate $two-code (with "one" (instance $one))))`);

/** Segments that code moves, and a table that it changes. */
const moving = running(`
  (core module $code-code
    (type $number (func (result i32)))
    (memory 1)
    (table 8 funcref)
    (func $one (type $number) (i32.const 1))
    (func $two (type $number) (i32.const 2))
    (func $four (type $number) (i32.const 4))
    (func (export "run") (result i32)
      (memory.init $bytes (i32.const 4) (i32.const 1) (i32.const 2))
      (data.drop $bytes)
      (memory.copy (i32.const 16) (i32.const 4) (i32.const 2))
      (memory.fill (i32.const 18) (i32.const 1) (i32.const 1))
      (table.init $functions (i32.const 1) (i32.const 0) (i32.const 2))
      (elem.drop $functions)
      (table.copy (i32.const 5) (i32.const 1) (i32.const 2))
      (i32.add (i32.load (i32.const 16))
        (i32.add (call_indirect (type $number) (i32.const 5))
          (i32.add (call_indirect (type $number) (i32.const 6)) (call_indirect (type $number) (i32.const 0))))))
    (elem $functions func $one $two)
    (elem (i32.const 0) func $four)
    (data $bytes "\\01\\02\\03\\04"))
  (core instance $code (instantiate $code-code))`);

/** Numbers of each type, blocks of each form, branches, conversions. */
const computing = running(`
  (core module $code-code
    (type $i64 (func (result i64)))
    (global $long i64 (i64.const -5))
    (global $float (mut f32) (f32.const 1.5))
    (global $double f64 (f64.const 1e300))
    (global $sum i32 (i32.add (i32.const 40) (i32.mul (i32.const 2) (i32.sub (i32.const 4) (i32.const 3)))))
    (func $switch (param i32) (result i32)
      (block $b (block $a (br_table $a $b $b (local.get 0))) (return (i32.const 3)))
      (i32.const 4))
    (func $recursive (param i32) (result i32)
      (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
        (else (i32.add (i32.const 1) (call $recursive (i32.sub (local.get 0) (i32.const 1)))))))
    (func (export "run") (result i32) (local $count i32) (local $wide i64)
      (loop $again
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (br_if $again (i32.lt_s (local.get $count) (i32.const 10))))
      (local.set $wide (block (type $i64) (i64.extend32_s (global.get $long))))
      (global.set $float (f32.add (global.get $float) (f32.const 2)))
      (i32.add (i32.add (call $switch (i32.const 0)) (call $switch (i32.const 7)))
        (i32.add (i32.trunc_sat_f64_s (global.get $double))
          (i32.add (i32.wrap_i64 (local.get $wide))
            (i32.add (i32.trunc_sat_f32_u (global.get $float))
              (i32.add (call $recursive (local.get $count))
                (select (global.get $sum) (i32.const 0) (i32.const 1)))))))))
  (core instance $code (instantiate $code-code))`);

/** A function of the host that is called through the shim that wit-component makes, because it needs the memory. */
const shimmed = `(component
  (import "test:host/texts@0.1.0" (instance $host
    (export "length" (func (param "text" string) (result u32)))
    (export "thing" (type (sub resource)))))
  (import "double" (func $double (param "value" u32) (result u32)))
  (alias export $host "thing" (type $thing))
  (core module $shim-code
    (type $length (func (param i32 i32) (result i32)))
    (table (export "$imports") 2 2 funcref)
    (func (export "0") (type $length)
      (call_indirect (type $length) (local.get 0) (local.get 1) (i32.const 0)))
    (func (export "1") (type $length)
      (call_indirect (type $length) (local.get 0) (local.get 1) (i32.const 1))))
  (core instance $shim (instantiate $shim-code))
  (core func $double-lowered (canon lower (func $double)))
  (core func $drop (canon resource.drop $thing))
  (core module $main-code
    (import "test:host/texts@0.1.0" "length" (func $length (param i32 i32) (result i32)))
    (import "test:host/texts@0.1.0" "[resource-drop]thing" (func $drop (param i32)))
    (import "$root" "double" (func $double (param i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64))
    (func (export "unused") (param i32) (call $drop (local.get 0)))
    (func (export "run") (result i32) (call $double (call $length (i32.const 8) (i32.const 5))))
    (data (i32.const 8) "hello"))
  (core instance $main (instantiate $main-code
    (with "test:host/texts@0.1.0" (instance
      (export "length" (func $shim "0")) (export "[resource-drop]thing" (func $drop))))
    (with "$root" (instance (export "double" (func $double-lowered))))))
  (core func $length (canon lower (func $host "length") 
    (memory (core memory $main "memory")) (realloc (core func $main "cabi_realloc"))))
  (core module $fixups-code
    (type $length (func (param i32 i32) (result i32)))
    (import "" "$imports" (table 2 2 funcref))
    (import "" "0" (func $0 (type $length)))
    (elem (i32.const 0) func $0))
  (core instance (instantiate $fixups-code (with "" (instance
    (export "$imports" (table $shim "$imports")) (export "0" (func $length))))))
  (func $run (result u32) (canon lift (core func $main "run")))
  (export "run" (func $run)))`;

/** The samples as text, by name. */
export const sampleTexts = { libraries, starting, moving, computing, shimmed } as const;

/** The samples as binaries, in order. */
export function samples(): Promise<readonly Uint8Array<ArrayBuffer>[]> {
  return Promise.all(Object.values(sampleTexts).map((text) => parseWat(text)));
}
