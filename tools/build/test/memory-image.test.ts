/// <reference lib="dom" />

import { parse, print } from "@bytecodealliance/jco-transpile/wasm-tools";
import { describe, expect, test } from "vitest";
import { clearFreeMemory } from "../src/strip/free-memory.ts";
import { compactImage } from "../src/strip/memory-image.ts";

async function module(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return Uint8Array.from(await parse(`(module ${text})`));
}

async function memoryOf(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const { instance } = await WebAssembly.instantiate(bytes);
  return new Uint8Array((instance.exports.memory as WebAssembly.Memory).buffer);
}

async function segments(bytes: Uint8Array): Promise<number> {
  return (await print(bytes)).match(/\(data /g)?.length ?? 0;
}

describe("the memory that a driver starts with", () => {
  test("is the same, in fewer pieces, and what stands between long runs of zeros stays apart", async () => {
    const image = await module(`(memory (export "memory") 2)
      (data (i32.const 16) "one") (data (i32.const 22) "two") (data (i32.const 100) "three")
      (data (i32.const 70000) "\\00\\00four\\00") (data (i32.const 17) "w")`);
    const compact = compactImage(image);
    expect(await memoryOf(compact)).toEqual(await memoryOf(image));
    expect(new TextDecoder().decode((await memoryOf(compact)).subarray(16, 25))).toBe("owe\0\0\0two");
    expect([await segments(image), await segments(compact)]).toEqual([5, 3]);
  });

  test.each([
    ["a passive segment", `(memory 1) (data "abc") (data (i32.const 1) "x")`],
    ["a place that is computed", `(global $g (import "a" "b") i32) (memory 1) (data (global.get $g) "abc")`],
    ["a segment past the end", `(memory 0) (data (i32.const 1) "abc")`],
    ["two memories", `(memory 1) (memory 1) (data (i32.const 1) "abc") (data (i32.const 9) "abc")`],
    [
      "an imported memory",
      `(import "a" "b" (memory 1)) (data (i32.const 1) "abc") (data (i32.const 9) "abc")`,
    ],
    ["a memory of 64 bits", `(memory i64 1) (data (i64.const 1) "abc")`],
    ["no data", "(memory 1)"],
    [
      "a count of segments, which code goes by",
      `(memory 1) (data $d (i32.const 1) "abc") (data (i32.const 9) "abc") (func (data.drop $d))`,
    ],
  ])("stays as it is with %s", async (_, text) => {
    const image = await module(text);
    expect(compactImage(image)).toEqual(image);
  });

  test("loses what is dead, where the linker's names say so", async () => {
    const image = await module(`(memory (export "memory") 1)
      (global (export "__stack_pointer") (mut i32) (i32.const 1024))
      (global (export "engine.wasm:memory_base") i32 (i32.const 1040))
      (data (i32.const 1000) "frame") (data (i32.const 1040) "data")`);
    const memory = await memoryOf(compactImage(image));
    expect(memory.findIndex((byte) => byte !== 0)).toBe(1040);
  });
});

/** A heap as dlmalloc leaves it: 0xee where the program wrote, whether it is in use or was given back. */
function heap(...chunks: readonly (readonly [size: number, inUse: boolean])[]) {
  const memory = new Uint8Array(4096);
  const view = new DataView(memory.buffer);
  const base = 1000;
  let at = 1000;
  let previous = { size: 0, inUse: true };
  const places: number[] = [];
  const put = (size: number, inUse: boolean) => {
    if (!previous.inUse) view.setUint32(at, previous.size, true);
    view.setUint32(at + 4, size | (inUse ? 2 : 0) | (previous.inUse ? 1 : 0), true);
    places.push(at);
    previous = { size, inUse };
    at += size;
  };
  for (const [size, inUse] of chunks) {
    memory.fill(0xee, at + 8, at + size + (inUse ? 4 : 0));
    put(size, inUse);
  }
  // The top chunk, and what dlmalloc keeps free behind it.
  const top = memory.length - 56 - at;
  put(top, false);
  view.setUint32(at + 4, 56, true);
  return { memory, view, places, globals: new Map([["__heap_base", base]]) };
}

describe("free memory", () => {
  const chunks = [
    [32, true],
    [64, false],
    [48, true],
    [512, false],
    [16, true],
  ] as const;

  test("is cleared but for the allocator's links; what is in use stays", () => {
    const { memory, places, globals } = heap(...chunks);
    const before = memory.slice();
    clearFreeMemory(memory, globals);
    const [used, small = 0, next = 0, large = 0, after = 0] = places;
    const changed = [...memory.keys()].filter((at) => memory[at] !== before[at]);
    expect(used).toBe(1000);
    expect(changed).toEqual([
      ...Array.from({ length: next - small - 16 }, (_, index) => small + 16 + index),
      ...Array.from({ length: after - large - 32 }, (_, index) => large + 32 + index),
    ]);
    expect([...memory.subarray(small + 16, next)]).toEqual(new Array(48).fill(0));
  });

  test.each<[string, (made: ReturnType<typeof heap>) => void]>([
    [
      "a size is not the distance to the next",
      ({ view, places }) => view.setUint32(places[2]! + 4, 64 | 2, true),
    ],
    ["a size is none", ({ view, places }) => view.setUint32(places[2]! + 4, 2, true)],
    ["a flag is wrong", ({ view, places }) => view.setUint32(places[2]! + 4, 48 | 3, true)],
    ["a free chunk's size is not repeated", ({ view, places }) => view.setUint32(places[2]!, 80, true)],
    [
      "the last chunk goes past the end",
      ({ view, places }) => view.setUint32(places[5]! + 4, 8192 | 1, true),
    ],
    ["the heap begins elsewhere", ({ globals }) => globals.set("__heap_base", 1016)],
    ["nobody says where it begins", ({ globals }) => globals.delete("__heap_base")],
  ])("stays as it is where %s", (_, damage) => {
    const made = heap(...chunks);
    damage(made);
    const before = made.memory.slice();
    clearFreeMemory(made.memory, made.globals);
    expect(made.memory).toEqual(before);
  });

  test("two free neighbours are not dlmalloc's", () => {
    const made = heap([32, true], [64, false], [64, false], [16, true]);
    const before = made.memory.slice();
    clearFreeMemory(made.memory, made.globals);
    expect(made.memory).toEqual(before);
  });

  test("the stack stays where data might lie below it", () => {
    const memory = new Uint8Array(64).fill(1);
    clearFreeMemory(
      memory,
      new Map([
        ["__stack_pointer", 32],
        ["a:memory_base", 16],
      ]),
    );
    clearFreeMemory(memory, new Map([["__stack_pointer", 32]]));
    expect(memory).toEqual(new Uint8Array(64).fill(1));
    clearFreeMemory(
      memory,
      new Map([
        ["__stack_pointer", 32],
        ["a:memory_base", 32],
      ]),
    );
    expect([...memory]).toEqual([...new Array(32).fill(0), ...new Array(32).fill(1)]);
  });
});
