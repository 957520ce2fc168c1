/// <reference lib="dom" />

/**
 * Evaluates a driver's script in the engine, as it will run, and takes the memory as it then is: what a driver starts with is
 * data, and a start costs nothing.
 */

import { alignTo } from "@busbar/host/component";
import { exportOf } from "../flatten/names.ts";
import type { Boundary } from "./boundary.ts";
import type { EnginePlaces, MemoryPiece } from "./glue.ts";
import { interfaceTables } from "./tables.ts";

/** A script of the driver's, and what messages call it. */
export interface Script {
  readonly name: string;
  readonly code: string;
}

/** See above. */
export interface Image {
  readonly places: EnginePlaces;
  /** What is another than in the engine's own memory. */
  readonly pieces: readonly MemoryPiece[];
  /** How many pages of 64 KiB the memory has. */
  readonly pages: number;
}

/** The exports of @busbar/micro-engine: engine.c and the files that it includes. */
interface EngineExports {
  readonly memory: WebAssembly.Memory;
  readonly slots: WebAssembly.Global;
  readonly call_host: WebAssembly.Global;
  readonly message: WebAssembly.Global;
  /** Below it is the stack. */
  readonly __global_base: WebAssembly.Global;
  readonly __heap_base: WebAssembly.Global;
  begin(tables: number, heap: number, heapEnd: number): void;
  evaluate(name: number, script: number, length: number): number;
  start(): number;
  collect(): number;
  end_heap(end: number): void;
}

const pageSize = 65_536;

/** While a driver is built the compiler works in the same heap. */
const buildHeapBytes = 8 << 20;

/** What the heap has beside what is in use before the first call, in bytes at least: for values, the stack of calls and text. */
const leastFreeBytes = 24 << 10;

/** Behind the heap, for what crosses the boundary before the memory has to grow, in bytes at least. */
const leastArenaBytes = 4 << 10;

/** Shorter runs of bytes that are as they were stay within a piece. */
const shortestGap = 16;

/**
 * @param scripts in their order; the last two are the driver's and the one that joins it to the host (scripts.ts)
 * @param memoryKiB how large the memory is at least
 * @throws Error with what a script threw, and where, as the engine tells it
 */
export function evaluateDriver(
  engine: WebAssembly.Module,
  boundary: Boundary,
  scripts: readonly Script[],
  memoryKiB: number,
): Image {
  const exports = new WebAssembly.Instance(engine).exports as unknown as EngineExports;
  const evaluation = new Evaluation(exports, boundary);
  const before = evaluation.bytes.slice();
  const base = alignTo(exports.__heap_base.value, 8);
  const tables = interfaceTables(boundary, base);
  const heap = alignTo(base + tables.bytes.length, 8);
  const scriptAt = heap + buildHeapBytes;
  evaluation.put(base, tables.bytes);
  evaluation.growTo(scriptAt);
  exports.begin(tables.address, heap, scriptAt);
  for (const script of scripts) evaluation.evaluate(script, scriptAt);
  evaluation.check(() => exports.start());
  const heapEnd = exports.collect();
  const bytes = Math.max(heapEnd + leastFreeBytes + leastArenaBytes, memoryKiB * 1024);
  const pages = Math.ceil(bytes / pageSize);
  exports.end_heap(pages * pageSize - leastArenaBytes);
  const after = evaluation.bytes.subarray(0, heapEnd);
  return {
    places: {
      slots: exports.slots.value,
      hostEntry: new DataView(after.buffer).getUint32(exports.call_host.value, true),
    },
    pieces: differences(before, after, exports.__global_base.value),
    pages,
  };
}

class Evaluation {
  readonly #engine: EngineExports;
  readonly #boundary: Boundary;

  constructor(engine: EngineExports, boundary: Boundary) {
    this.#engine = engine;
    this.#boundary = boundary;
  }

  /** The memory, until it grows. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.#engine.memory.buffer);
  }

  growTo(end: number): void {
    const missing = Math.ceil((end - this.bytes.length) / pageSize);
    if (missing > 0) this.#engine.memory.grow(missing);
  }

  put(at: number, bytes: Uint8Array): void {
    this.growTo(at + bytes.length);
    this.bytes.set(bytes, at);
  }

  /** @param at where there is room for the texts */
  evaluate({ name, code }: Script, at: number): void {
    const encoder = new TextEncoder();
    const text = encoder.encode(`${name}\0${code}\0`);
    const codeAt = at + encoder.encode(name).length + 1;
    this.put(at, text);
    this.check(() => this.#engine.evaluate(at, codeAt, at + text.length - 1 - codeAt));
  }

  /** Calls what returns where a message is, or traps and leaves one. */
  check(call: () => number): void {
    let at: number;
    try {
      at = call();
    } catch (cause) {
      const message = this.#textAt(this.#engine.message.value).replace(
        /^unknown import: (\d+)$/,
        (_, index) => {
          const called = this.#boundary.imports[Number(index)];
          return `unknown import: \`${called === undefined ? "a resource's end" : exportOf(called)}\``;
        },
      );
      throw new Error(message === "" ? `the engine ended: ${(cause as Error).message}` : message, { cause });
    }
    if (at !== 0) throw new Error(this.#textAt(at));
  }

  #textAt(at: number): string {
    const { bytes } = this;
    return new TextDecoder().decode(bytes.subarray(at, bytes.indexOf(0, at)));
  }
}

/** The pieces of a memory that were something else before, or were not there. */
function differences(before: Uint8Array, after: Uint8Array, from: number): MemoryPiece[] {
  const pieces: [start: number, end: number][] = [];
  for (let at = from; at < after.length; at += 1) {
    if (after[at] === (before[at] ?? 0)) continue;
    const last = pieces.at(-1);
    if (last !== undefined && at - last[1] < shortestGap) last[1] = at + 1;
    else pieces.push([at, at + 1]);
  }
  return pieces.map(([start, end]) => ({ at: start, bytes: after.slice(start, end) }));
}
