/**
 * What is appended to a module: six types, the functions that checks and growth call, the table through which these reach
 * the host, and the counter. All indices lie behind the module's own.
 */

import type { Writer } from "../writer.ts";
import type { Layout } from "./layout.ts";
import { gateSlot, growSlot } from "./names.ts";

/** A fill or copy of this many bytes, as a power of two, counts as one: what 16 bytes of code take at least. */
const bytesPerCountLog2 = 7;

/** One type of a function, as 5.3.6 writes it. */
const functionTypes = [
  [0x60, 0, 0], // [] -> []
  [0x60, 0, 1, 0x7f], // [] -> [i32]
  [0x60, 1, 0x7f, 1, 0x7f], // [i32] -> [i32]
  [0x60, 2, 0x7f, 0x7f, 1, 0x7f], // [i32 i32] -> [i32]
  [0x60, 2, 0x70, 0x7f, 1, 0x7f], // [funcref i32] -> [i32]
  [0x60, 2, 0x6f, 0x7f, 1, 0x7f], // [externref i32] -> [i32]
] as const;

/** The indices of what is appended, and its code. */
export class Helpers {
  /** How many types are appended. */
  static readonly typeCount = functionTypes.length;
  /** The index of the host's table. */
  readonly table: number;
  /** The index of the counter. */
  readonly counter: number;
  /** [] -> []: asks the gate, and ends the guest where that says so. */
  readonly slow: number;
  /** [i32] -> [i32]: counts so many bytes that are about to be filled or copied, and returns the number. */
  readonly weighBytes: number;
  /** The same for entries of a table. */
  readonly weighEntries: number;
  readonly #types: number;
  readonly #tables: readonly number[];
  readonly #memories: number;

  constructor(layout: Layout) {
    this.#types = layout.types;
    this.#tables = layout.tables;
    this.#memories = layout.memories;
    this.table = layout.tables.length;
    this.counter = layout.globals;
    this.slow = layout.functions;
    this.weighBytes = this.slow + 1;
    this.weighEntries = this.slow + 2;
  }

  /** How many functions are appended. */
  get count(): number {
    return 3 + this.#memories + this.#tables.length;
  }

  /** [i32] -> [i32]: memory.grow of a memory, when the host allows it. */
  growMemory(memory: number): number {
    return this.slow + 3 + memory;
  }

  /** [ref i32] -> [i32]: table.grow of a table, when the host allows it. */
  growTable(table: number): number {
    return this.slow + 3 + this.#memories + table;
  }

  writeTypes(out: Writer): void {
    for (const type of functionTypes) out.bytes(type);
  }

  /** The type of each function, as the function section has it (5.5.6). */
  writeFunctions(out: Writer): void {
    out.u32(this.#types);
    out.u32(this.#types + 2);
    out.u32(this.#types + 2);
    for (let memory = 0; memory < this.#memories; memory += 1) out.u32(this.#types + 2);
    for (const element of this.#tables) out.u32(this.#types + (element === 0x70 ? 4 : 5));
  }

  writeBodies(out: Writer): void {
    this.#body(out, 1, (body) => this.#slow(body));
    this.#body(out, 0, (body) => this.#weigh(body, bytesPerCountLog2));
    this.#body(out, 0, (body) => this.#weigh(body, 0));
    for (let memory = 0; memory < this.#memories; memory += 1)
      this.#body(out, 1, (body) => this.#growMemory(body, memory));
    for (let table = 0; table < this.#tables.length; table += 1)
      this.#body(out, 1, (body) => this.#growTable(body, table));
  }

  #body(out: Writer, locals: number, write: (body: Writer) => void): void {
    const start = out.keepSize();
    if (locals === 0) out.byte(0);
    else out.bytes([1, locals, 0x7f]);
    write(out);
    out.byte(0x0b);
    out.closeSize(start);
  }

  /** counter = gate(); if (counter <= 0) trap, which no guest can catch (4.6.1: traps are not exceptions). */
  #slow(body: Writer): void {
    this.#askHost(body, 1, gateSlot);
    body.bytes([0x22, 0]); // local.tee
    body.byte(0x24); // global.set
    body.u32(this.counter);
    body.bytes([0x20, 0, 0x41, 0, 0x4c]); // local.get, i32.const 0, i32.le_s
    body.bytes([0x04, 0x40, 0x00, 0x0b]); // if, unreachable, end
  }

  /**
   * counter -= length >>> log2; if (counter < 0) slow(). Where a length of entries is so large that this goes past the
   * smallest number, no table has as many, and the instruction traps.
   */
  #weigh(body: Writer, log2: number): void {
    body.byte(0x23); // global.get
    body.u32(this.counter);
    body.bytes([0x20, 0, 0x41, log2, 0x76, 0x6b]); // local.get, i32.const, i32.shr_u, i32.sub
    body.byte(0x24); // global.set
    body.u32(this.counter);
    body.byte(0x23);
    body.u32(this.counter);
    body.bytes([0x41, 0, 0x48, 0x04, 0x40]); // i32.const 0, i32.lt_s, if
    this.#callSlow(body);
    body.bytes([0x0b, 0x20, 0]); // end, local.get
  }

  #growMemory(body: Writer, memory: number): void {
    this.#grow(body, 0, { delta: 0, result: 1 }, () => {
      body.bytes([0x20, 0, 0x40]); // local.get, memory.grow
      body.u32(memory);
    });
  }

  #growTable(body: Writer, table: number): void {
    this.#grow(body, 1, { delta: 1, result: 2 }, () => {
      body.bytes([0x20, 0, 0x20, 1, 0xfc, 15]); // local.get, local.get, table.grow
      body.u32(table);
    });
  }

  /**
   * Growing may copy all there is: the gate is asked each time. A delta of 2^31 or more is refused here, for the host
   * would take it as given back.
   */
  #grow(body: Writer, kind: number, { delta, result }: Record<"delta" | "result", number>, grow: () => void) {
    const askFor = (pushDelta: () => void): void => {
      body.bytes([0x41, kind]); // i32.const
      pushDelta();
      this.#askHost(body, 3, growSlot);
    };
    const returnFailed = [0x41, 0x7f, 0x0f, 0x0b]; // i32.const -1, return, end
    this.#callSlow(body);
    body.bytes([0x20, delta, 0x41, 0, 0x48, 0x04, 0x40, ...returnFailed]); // delta < 0
    askFor(() => body.bytes([0x20, delta]));
    body.bytes([0x45, 0x04, 0x40, ...returnFailed]); // i32.eqz, if
    grow();
    body.bytes([0x22, result, 0x41, 0x7f, 0x46, 0x04, 0x40]); // local.tee, i32.const -1, i32.eq, if
    askFor(() => body.bytes([0x41, 0, 0x20, delta, 0x6b])); // 0 - delta
    body.bytes([0x1a, 0x0b, 0x20, result]); // drop, end, local.get
  }

  #callSlow(body: Writer): void {
    body.byte(0x10);
    body.u32(this.slow);
  }

  /** call_indirect through the host's table, with the appended type `type`. */
  #askHost(body: Writer, type: number, slot: number): void {
    body.bytes([0x41, slot, 0x11]); // i32.const, call_indirect
    body.u32(this.#types + type);
    body.u32(this.table);
  }
}
