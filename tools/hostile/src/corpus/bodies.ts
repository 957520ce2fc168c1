/** Code that does not return, or not soon, as bodies of functions in WebAssembly text. Each leaves nothing on the stack. */

/** Loops without end, each in a way of its own. */
export const endless = {
  "a loop": "(loop $l (br $l))",
  "a loop in a loop": "(loop $a (loop $b (br $b)) (br $a))",
  "a loop by br_table": "(loop $l (br_table $l $l (i32.const 1)))",
  "a loop in try_table": "(block $h (try_table (catch_all $h) (loop $l (br $l))))",
  "a loop around try_table": "(loop $l (block $h (try_table (catch_all $h) (throw $tag))) (br $l))",
  "a loop in a handler": "(block $h (try_table (catch_all $h) (throw $tag))) (loop $l (br $l))",
  "memory.fill": "(loop $l (memory.fill (i32.const 0) (i32.const 0) (i32.const 131072)) (br $l))",
  "memory.copy": "(loop $l (memory.copy (i32.const 0) (i32.const 65536) (i32.const 65536)) (br $l))",
  "memory.grow by nothing": "(loop $l (drop (memory.grow (i32.const 0))) (br $l))",
  division: "(loop $l (drop (i64.rem_s (i64.const 9223372036854775807) (i64.load (i32.const 0)))) (br $l))",
} as const;

/** Calls itself without end, and catches everything; an engine lets nobody catch that its stack is full. */
export const catchingRecursion = [
  "(func $r (call $r) (call $r))",
  "(loop $l (block $h (try_table (catch_all $h) (call $r))) (br $l))",
] as const;

/** What {@link endless} needs beside its bodies. */
export const endlessMore = "(tag $tag)";

/** Functions that call, each with the call that begins it. */
export const calling = {
  "tail calls": ["(func $t (return_call $t))", "(call $t)"],
  "exponential calls": [
    "(func $e (param i32) (if (local.get 0) (then (call $e (i32.sub (local.get 0) (i32.const 1))) (call $e (i32.sub (local.get 0) (i32.const 1))))))",
    "(call $e (i32.const 60))",
  ],
  "exponential calls through a table": [
    `(table 1 funcref) (elem (i32.const 0) $e) (type $of (func (param i32)))
     (func $e (param i32) (if (local.get 0) (then
       (call_indirect (type $of) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0))
       (call_indirect (type $of) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))))`,
    "(call $e (i32.const 60))",
  ],
} as const;
