import { describe, expect, test } from "vitest";
import { limitMemory } from "../src/component/memory-limit.ts";

const preamble = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const exportMemory = [7, 5, 1, 1, 0x6d, 2, 0];

/** A module with one memory, exported as "m". */
function moduleWith(...limits: number[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...preamble, 5, limits.length + 1, 1, ...limits, ...exportMemory]);
}

/** The most pages that the engine lets the module's memory grow to, up to 300. */
function pagesOf(module: Uint8Array<ArrayBuffer>): number {
  const { m } = new WebAssembly.Instance(new WebAssembly.Module(module)).exports;
  const memory = m as WebAssembly.Memory;
  try {
    while (memory.buffer.byteLength < 300 * 65_536) memory.grow(1);
  } catch {
    // The engine refused: that is the limit.
  }
  return memory.buffer.byteLength / 65_536;
}

describe("the memory limit", () => {
  test("without it, memory grows on", () => {
    expect(pagesOf(moduleWith(0, 1))).toBe(300);
  });

  test("the engine refuses to grow past it", () => {
    expect(pagesOf(limitMemory(moduleWith(0, 1), 200))).toBe(200);
  });

  test("a smaller maximum of the module's own stays", () => {
    expect(pagesOf(limitMemory(moduleWith(1, 1, 3), 200))).toBe(3);
    expect(pagesOf(limitMemory(moduleWith(1, 1, 250, 1), 200))).toBe(200);
  });

  test("a module that starts larger is refused with the pages it needs", () => {
    expect(() => limitMemory(moduleWith(0, 17), 16)).toThrow(new RangeError("17"));
  });

  test("a module without memory is left as it is", () => {
    const module = Uint8Array.from([...preamble, 0, 2, 1, 0x78]);
    expect(limitMemory(module, 16)).toBe(module);
  });

  test("a damaged module is left to the engine", () => {
    const cut = moduleWith(0, 1).slice(0, 10);
    expect(limitMemory(cut, 16)).toBe(cut);
  });
});
