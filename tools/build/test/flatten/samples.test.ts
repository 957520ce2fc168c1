/// <reference lib="dom" />

/** Small components, flattened and as they are: both give one number, and it is the right one. */

import { parseWat } from "@busbar/jco";
import { print } from "@bytecodealliance/jco-transpile/wasm-tools";
import { describe, expect, test } from "vitest";
import { flattenComponent } from "../../src/flatten/flatten.ts";
import { instantiate } from "../instantiate.ts";
import { readInterface } from "./read-interface.ts";
import { sampleTexts, type sampleTexts as Texts } from "./samples.ts";

const expected: Readonly<Record<keyof typeof Texts, number>> = {
  // 7 + 42 + 1000 + 7, and 3 pages
  libraries: 1059,
  // Seen: 1, then 16 and 10; at 8: 5, and 2 in the second byte.
  starting: (16 + 10) * 256 + 0x0205,
  // 02 03 01, and 1 + 2 + 4
  moving: 0x01_0302 + 7,
  // 3 + 4 + 2147483647 - 5 + 3 + 10 + 42
  computing: (3 + 4 + 2_147_483_647 - 5 + 3 + 10 + 42) >>> 0,
  // "hello", doubled
  shimmed: 10,
};

async function flattened(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return flattenComponent({ name: "x.wasm", bytes: await parseWat(text) });
}

/** What `run` of a flattened component returns. */
function runFlattened(module: Uint8Array<ArrayBuffer>, imports: WebAssembly.Imports): number {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module), imports);
  (exports._initialize as (() => void) | undefined)?.();
  return (exports.run as () => number)() >>> 0;
}

const hostOfComponent = {
  "test:host/texts": { length: (text: string) => text.length, Thing: class {} },
  double: (value: number) => 2 * value,
};
const hostOfModule = {
  "test:host/texts@0.1.0": { length: (_: number, length: number) => length },
  $root: { double: (value: number) => 2 * value },
};

test.each(Object.entries(sampleTexts))("%s", async (name, text) => {
  const { run } = await instantiate<{ run(): Promise<number> }>(await parseWat(text), hostOfComponent);
  expect(await run()).toBe(expected[name as keyof typeof Texts]);
  expect(runFlattened(await flattened(text), hostOfModule)).toBe(expected[name as keyof typeof Texts]);
});

/** What has an effect of a module's text: without names, comments and custom sections. */
async function textOf(module: Uint8Array): Promise<string> {
  return (await print(module)).replace(/ ?\(;[^;]*;\)| \(@custom .*/g, "");
}

describe("what is left", () => {
  test("of a shim and its fixups nothing: the import is called", async () => {
    const text = await textOf(await flattened(sampleTexts.shimmed));
    expect(text).not.toMatch(/table|elem|call_indirect|resource-drop/);
    expect(text).toMatch(/\(import "test:host\/texts@0\.1\.0" "length" \(func \(type \d\)\)\)/);
    expect(text).toMatch(/i32\.const 8\n\s+i32\.const 5\n\s+call 0\n\s+call 1\n/);
    // Two functions with a body: run and cabi_realloc.
    expect(text.match(/^ {2}\(func/gm)).toHaveLength(2);
  });

  test("of libraries what is called: in the table what has a type that is called, and no address is computed", async () => {
    const text = await textOf(await flattened(sampleTexts.libraries));
    expect(text).not.toMatch(/i64/);
    expect(text).toMatch(/\(table 5 5 funcref\)/);
    expect(text).toMatch(/\(elem \(i32\.const 3\) func \d \d\)/);
    expect(text).toMatch(/i32\.const 2052\n\s+i32\.load/);
    expect(text).toMatch(/i32\.const 100\n\s+i32\.load/);
    // The stack pointer is nobody's, and what begins where is a constant.
    expect(text.match(/\(global/g)).toHaveLength(1);
  });

  test("of start functions one that the host calls, and what they find is there by then", async () => {
    const module = await flattened(sampleTexts.starting);
    const names = WebAssembly.Module.exports(new WebAssembly.Module(module)).map(({ name }) => name);
    expect(names).toEqual(["run", "_initialize"]);
    const text = await textOf(module);
    expect(text).not.toMatch(/\(start/);
    expect(text).toMatch(/call \d\n.*\n.*\n.*\n\s+table\.init 0/);
  });
});

test("what no host of ours has of WASI traps when it is called, and the interface still names it", async () => {
  const module = await flattened(`(component
    (import "wasi:http/thing@0.2.0" (instance $http (export "ask" (func (result u32)))))
    (import "wasi:random/random@0.2.0" (instance $random (export "get-random-u64" (func (result u64)))))
    (core func $ask (canon lower (func $http "ask")))
    (core func $random (canon lower (func $random "get-random-u64")))
    (core module $code-code
      (import "" "ask" (func $ask (result i32)))
      (import "" "random" (func $random (result i64)))
      (func (export "run") (result i32)
        (if (i64.eqz (call $random)) (then (drop (call $ask))))
        (i32.const 1)))
    (core instance $code (instantiate $code-code (with "" (instance
      (export "ask" (func $ask)) (export "random" (func $random))))))
    (func $run (result u32) (canon lift (core func $code "run")))
    (export "run" (func $run)))`);
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(module));
  expect(imports).toEqual([{ module: "wasi:random/random@0.2.0", name: "get-random-u64", kind: "function" }]);
  const random = (value: bigint) => ({ "wasi:random/random@0.2.0": { "get-random-u64": () => value } });
  expect(runFlattened(module, random(1n))).toBe(1);
  expect(() => runFlattened(module, random(0n))).toThrow(WebAssembly.RuntimeError);
  const { imports: named, imported } = readInterface(module);
  expect(named.map(({ name }) => name)).toEqual(["wasi:http/thing@0.2.0", "wasi:random/random@0.2.0"]);
  expect(imported.map(({ name }) => name)).toEqual(["ask", "get-random-u64"]);
});

test("a call of an entry that is empty or of another type traps", async () => {
  const calling = (slot: number) =>
    flattened(`(component
      (core module $code-code
        (type $number (func (result i32)))
        (table 4 funcref)
        (func $wide (result i64) (i64.const 1))
        (func $one (type $number) (i32.const 1))
        (elem (i32.const 1) func $wide $one)
        (func (export "run") (result i32) (call_indirect (type $number) (i32.const ${slot}))))
      (core instance $code (instantiate $code-code))
      (func $run (result u32) (canon lift (core func $code "run")))
      (export "run" (func $run)))`);
  for (const slot of [0, 1, 3, 4, -1]) {
    const module = await calling(slot);
    expect(await textOf(module)).not.toMatch(/call_indirect|table/);
    expect(() => runFlattened(module, {})).toThrow(WebAssembly.RuntimeError);
  }
  expect(runFlattened(await calling(2), {})).toBe(1);
});

test("elements that are only declared are in no table, and none is made of them", async () => {
  const text = (count: number) => `(component
    (core module $code-code
      (type $number (func (result i32)))
      (table 4 funcref)
      (func $one (type $number) (i32.const 1))
      (elem $declared declare func $one)
      (func (export "run") (result i32)
        (table.init $declared (i32.const 0) (i32.const 0) (i32.const ${count}))
        (i32.const 5)))
    (core instance $code (instantiate $code-code))
    (func $run (result u32) (canon lift (core func $code "run")))
    (export "run" (func $run)))`;
  expect(runFlattened(await flattened(text(0)), {})).toBe(5);
  const module = await flattened(text(1));
  expect(() => runFlattened(module, {})).toThrow(WebAssembly.RuntimeError);
});
