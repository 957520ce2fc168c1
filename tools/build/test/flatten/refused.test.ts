/** What cannot be one core module is refused by name, in one sentence. */

import { HostError } from "@busbar/host";
import { readBinary, Writer, writeBinary } from "@busbar/host/component";
import { parseWat } from "@busbar/jco";
import { describe, expect, test } from "vitest";
import { composeComponents } from "../../src/compose/compose.ts";
import { BuildError } from "../../src/error.ts";
import { flattenComponent } from "../../src/flatten/flatten.ts";
import { watApp, watKeeper } from "../wat-components.ts";

/** A component whose `run` is a core function; `definitions` stand in its module, `body` in the function. */
const withCode = (definitions: string, body = "(i32.const 0)") => `(component
  (core module $code-code ${definitions} (func (export "run") (result i32) ${body}))
  (core instance $code (instantiate $code-code))
  (func $run (result u32) (canon lift (core func $code "run")))
  (export "run" (func $run)))`;

const memory = (name: string) => `(core module $${name}-code
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))
    (func (export "run") (param i32 i32) (result i32) (i32.load (i32.const 0))))
  (core instance $${name} (instantiate $${name}-code))`;
const lifted = (name: string, memoryOf: string, options = "") =>
  `(func $${name} (param "text" string) (result u32) (canon lift (core func $${memoryOf} "run")
    (memory (core memory $${memoryOf} "memory")) (realloc (core func $${memoryOf} "realloc")) ${options}))
  (export "${name}" (func $${name}))`;

const resource = `
  (type $thing (resource (rep i32)))
  (core func $new (canon resource.new $thing))
  (core module $code-code
    (import "" "new" (func $new (param i32) (result i32)))
    (func (export "run") (result i32) (call $new (i32.const 1))))
  (core instance $code (instantiate $code-code (with "" (instance (export "new" (func $new))))))`;

const cases: Readonly<Record<string, readonly [component: string, reason: string]>> = {
  vectors: [
    withCode("", "(i32x4.extract_lane 0 (v128.const i32x4 1 2 3 4))"),
    "a core module uses vectors, which a flattened one may not",
  ],
  "vectors as values": [
    withCode("(func (param v128))"),
    "a core module has vectors or references as values, which a flattened one may not",
  ],
  "tail calls": [
    withCode("(func $one (result i32) (i32.const 1))", "(return_call $one)"),
    "a core module uses tail calls, which a flattened one may not",
  ],
  threads: [
    withCode("(memory 1)", "(i32.atomic.load (i32.const 0))"),
    "a core module uses threads, which a flattened one may not",
  ],
  exceptions: [withCode("(tag)"), "a core module uses exceptions, which a flattened one may not"],
  references: [
    withCode("", "(ref.is_null (ref.null func))"),
    "a core module uses references, which a flattened one may not",
  ],
  "a table that grows": [
    withCode("(table 1 funcref)", "(table.size 0)"),
    "a core module changes the size of a table, or fills one, which a flattened one may not",
  ],
  "several results": [
    withCode("(func (result i32 i32) (i32.const 1) (i32.const 2))"),
    "a core module has functions with several results, which a flattened one may not",
  ],
  "blocks with parameters": [
    withCode(
      "(type $block (func (param i32) (result i32)))",
      "(i32.const 1) (block (type $block) (i32.eqz))",
    ),
    "a core module has blocks with parameters, which a flattened one may not",
  ],
  "a 64-bit memory": [
    withCode("(memory i64 1)"),
    "a core module has a shared or 64-bit memory or table, which a flattened one may not",
  ],
  "a module with two memories": [
    withCode("(memory 1) (memory 1)"),
    "a core module has several memories, which a flattened one may not",
  ],
  "two tables": [
    withCode(
      "(type $n (func (result i32))) (table $a 1 funcref) (table $b 1 funcref) (global $g (mut i32) (i32.const 0))",
      "(i32.add (call_indirect $a (type $n) (global.get $g)) (call_indirect $b (type $n) (global.get $g)))",
    ),
    "a core module has several tables, which a flattened one may not",
  ],
  "a table of external references": [
    withCode("(table 1 externref)"),
    "a core module has a table of something else than plain references to functions, which a flattened one may not",
  ],
  "a segment that is used up": [
    withCode('(memory 1) (data $d (i32.const 0) "x")', "(data.drop $d) (i32.const 0)"),
    "a core module names a segment that is used up, which a flattened one may not",
  ],
  "empty entries that are moved": [
    withCode(
      "(type $n (func (result i32))) (table 2 funcref) (elem $e funcref (ref.null func))",
      "(table.init $e (i32.const 0) (i32.const 0) (i32.const 1)) (call_indirect (type $n) (i32.const 0))",
    ),
    "a core module has empty entries in elements that it moves, which a flattened one may not",
  ],
  "elements outside of a table": [
    withCode("(table 1 funcref) (func $f) (elem (i32.const 1) func $f)"),
    "a core module puts elements outside of its table",
  ],
  "data outside of a memory": [
    withCode('(memory 1) (data (i32.const 65535) "xy")'),
    "a core module puts data outside of its memory",
  ],
  "two memories at work": [
    `(component ${memory("one")} ${memory("two")} ${lifted("first", "one")} ${lifted("second", "two")})`,
    "it has several memories at work, and a flattened one has one",
  ],
  "two reallocs": [
    `(component ${memory("one")}
      (core module $other-code (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 8)))
      (core instance $other (instantiate $other-code))
      ${lifted("first", "one")}
      (func $second (param "text" string) (result u32) (canon lift (core func $one "run")
        (memory (core memory $one "memory")) (realloc (core func $other "realloc"))))
      (export "second" (func $second)))`,
    "it has several functions that allocate memory for the host",
  ],
  "another encoding": [
    `(component ${memory("one")} ${lifted("first", "one", "string-encoding=utf16")})`,
    "its strings are not UTF-8",
  ],
  "two inner components with functions": [
    `(component
      (component $part
        (core module $code-code (func (export "run")))
        (core instance $code (instantiate $code-code))
        (func $run (canon lift (core func $code "run")))
        (export "run" (func $run)))
      (instance $one (instantiate $part))
      (instance $two (instantiate $part))
      (export "one" (func $one "run"))
      (export "two" (func $two "run")))`,
    "it is composed of components that have a memory and handles each; flatten those instead",
  ],
  "a resource that is not exported": [
    `(component ${resource} (func $run (result u32) (canon lift (core func $code "run"))) (export "run" (func $run)))`,
    "it has a resource of its own that it does not export",
  ],
  "a function of the host as its own": [
    `(component (import "run" (func $run (result u32))) (export "again" (func $run)))`,
    "it exports again, a function of the host's, as its own",
  ],
  "an instance within an instance": [
    `(component
      (core module $code-code (func (export "run")))
      (core instance $code (instantiate $code-code))
      (func $run (canon lift (core func $code "run")))
      (instance $inner (export "run" (func $run)))
      (instance $outer (export "inner" (instance $inner)))
      (export "test:x/api" (instance $outer)))`,
    "it exports inner, which is no function",
  ],
  "a core module that is not given what it imports": [
    `(component
      (core module $giving-code (func (export "f") (param i32)))
      (core instance $giving (instantiate $giving-code))
      (core module $code-code (import "a" "f" (func)) (func (export "run")))
      (core instance $code (instantiate $code-code (with "a" (instance $giving))))
      (func $run (canon lift (core func $code "run"))) (export "run" (func $run)))`,
    'a core module is not given the function "f" of "a" that it imports',
  ],
  "a core function of another type": [
    `(component
      (core module $code-code (func (export "run") (param i64)))
      (core instance $code (instantiate $code-code))
      (func $run (canon lift (core func $code "run"))) (export "run" (func $run)))`,
    "a core function is of another type than the component uses it with",
  ],
  "a function called memory, beside the memory": [
    `(component ${memory("one")} ${lifted("memory", "one")})`,
    "a core module exports two things as memory, which a flattened one may not",
  ],
};

const refusal = (bytes: Uint8Array) => {
  try {
    flattenComponent({ name: "x.wasm", bytes });
    return undefined;
  } catch (error) {
    return error;
  }
};

describe("refused:", () => {
  test.each(Object.entries(cases))("%s", async (_, [component, reason]) => {
    const error = refusal(await parseWat(component));
    expect(error).toBeInstanceOf(BuildError);
    expect((error as BuildError).message).toBe(`x.wasm cannot be flattened: ${reason}.`);
  });

  test("a composed component, whose parts call each other", async () => {
    const [app, keeper] = [await watApp(), await watKeeper()];
    const composed = await composeComponents({ name: "app", bytes: app }, [
      { name: "keeper", bytes: keeper },
    ]);
    const error = refusal(composed);
    expect(error).toBeInstanceOf(BuildError);
    expect((error as BuildError).message).toBe(
      "x.wasm cannot be flattened: it is composed of components that have a memory and handles each; flatten those instead.",
    );
  });

  test("a memory that is named by its index, though there is but one", async () => {
    const bytes = await parseWat(withCode("(memory 1)", "(i32.load offset=128 (i32.const 0))"));
    // An offset of two bytes: 5.4.6 has an index and an offset in the same room.
    const load = Buffer.from(bytes).indexOf(Buffer.from([0x28, 0x02, 0x80, 0x01]));
    bytes.set([0x28, 0x42, 0x00, 0x00], load);
    expect((refusal(bytes) as BuildError).message).toBe(
      "x.wasm cannot be flattened: a core module names a memory by its index, which a flattened one may not.",
    );
  });

  test("what no host can link, in the words of the hosts", async () => {
    const damaged = (await parseWat(withCode(""))).subarray(0, 40);
    for (const [bytes, message] of [
      [
        new TextEncoder().encode("text"),
        "x.wasm is not a WebAssembly file; name a component built by busbar build.",
      ],
      [damaged, /^x\.wasm cannot be linked: a list of 55 lies in 30 bytes/],
    ] as const) {
      expect(refusal(bytes)).toBeInstanceOf(HostError);
      expect(() => flattenComponent({ name: "x.wasm", bytes })).toThrow(message);
    }
  });
});

describe("what takes more than it seems to is refused before it does:", () => {
  test("many instructions that name something", async () => {
    const small = readBinary(await parseWat(withCode("")));
    const calls = new Uint8Array(2 * 2_000_001);
    for (let at = 0; at < calls.length; at += 2) calls[at] = 0x10;
    const w = new Writer(5_000_000);
    w.bytes([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    // One type, one function, its export.
    w.bytes([1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 7, 1, 3, 0x72, 0x75, 0x6e, 0, 0, 10]);
    const section = w.keepSize();
    w.byte(1);
    const body = w.keepSize();
    w.byte(0);
    w.bytes(calls);
    w.byte(0x0b);
    w.closeSize(body);
    w.closeSize(section);
    const bytes = w.finish();
    const component = writeBinary({
      definitions: small.definitions.map((each) => (each.op === "core module" ? { ...each, bytes } : each)),
    });
    expect((refusal(component) as Error).message).toBe(
      "x.wasm cannot be flattened: its core modules have together more than 2000000 functions, elements and instructions that name something.",
    );
  });

  test("a module that is instantiated again and again", async () => {
    const instances = Array.from({ length: 41 }, () => "(core instance (instantiate $code-code))").join(" ");
    const { definitions } = readBinary(
      await parseWat(
        `(component (core module $code-code (memory 16) (data (i32.const 0) "x")) ${instances})`,
      ),
    );
    const w = new Writer(1_100_000);
    w.bytes((definitions[0] as (typeof definitions)[0] & { op: "core module" }).bytes);
    w.byte(0);
    const size = w.keepSize();
    w.text("large");
    w.bytes(new Uint8Array(1_000_000));
    w.closeSize(size);
    const large = { op: "core module", bytes: w.finish() } as const;
    expect((refusal(writeBinary({ definitions: definitions.with(0, large) })) as Error).message).toBe(
      "x.wasm cannot be flattened: its core modules have together more than 40000000 bytes.",
    );
  });

  test("many functions of one large type", async () => {
    const label = (index: number) => `p${index}-${"x".repeat(240)}`;
    const params = Array.from({ length: 900 }, (_, index) => `(param "${label(index)}" u8)`).join(" ");
    const functions = Array.from({ length: 5 }, (_, index) => `(export "f${index}" (func (type $large)))`);
    const component = await parseWat(
      `(component (import "test:x/h" (instance (type $large (func ${params})) ${functions.join(" ")})))`,
    );
    expect((refusal(component) as Error).message).toBe(
      "x.wasm cannot be flattened: its interface takes more than 1000000 bytes.",
    );
  });
});

test("what is refused where it is called may lie in code that nothing reaches", async () => {
  const dead = withCode(
    '(func (export "dead") (result i32) (i32x4.extract_lane 0 (v128.const i32x4 1 2 3 4)))',
  );
  expect(refusal(await parseWat(dead))).toBeUndefined();
});
