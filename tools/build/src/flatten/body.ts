/**
 * Finds the places in a function's body where something of its module is named: all else of it stays as it is.
 *
 * Source: WebAssembly Core Specification 5.4 (instructions), 5.5.13 (code), 7.4 (index of instructions).
 */

import { type CoreType, LinkError, type Reader } from "@busbar/host/component";
import { type Signature, typesByByte } from "../component/signature.ts";
import { readS32 } from "../core-module/signed.ts";
import type { Budget } from "./budget.ts";
import { skipNumber } from "./constant.ts";
import { notFlat } from "./refusal.ts";

/** An instruction that names something of its module, by the index that it has there. */
export type Naming =
  | { readonly op: "call"; readonly function: number }
  | {
      readonly op: "call_indirect";
      readonly signature: Signature;
      readonly table: number;
      /** The entry that is called, where the instruction before says it. */
      readonly slot: number | undefined;
    }
  | { readonly op: "global.get" | "global.set"; readonly global: number }
  /** `global.get`, `i32.const`, `i32.add`: code that can lie anywhere takes an address so. */
  | { readonly op: "address"; readonly global: number; readonly offset: number }
  /** `block`, `loop` or `if` whose type is an index. */
  | { readonly op: "block"; readonly opcode: number; readonly result: CoreType | undefined }
  | { readonly op: "memory.init" | "data.drop"; readonly data: number }
  | { readonly op: "table.init"; readonly element: number; readonly table: number }
  | { readonly op: "elem.drop"; readonly element: number }
  | { readonly op: "table.copy"; readonly to: number; readonly from: number };

/** Where such instructions are: the bytes from `start` up to `end`. */
export type Site = Naming & { readonly start: number; readonly end: number };

/** A function's body. */
export interface Body {
  /** The bytes that `start` and `end` are positions of. */
  readonly bytes: Uint8Array;
  /** Where its locals begin. */
  readonly start: number;
  readonly end: number;
  /** In the order of the code. */
  readonly sites: readonly Site[];
  readonly usesMemory: boolean;
  /** Whether all it does is one instruction that names something, with its own parameters: where that is a call, it passes them on. */
  readonly forwards: boolean;
  /** Why it cannot be in a flattened module; the sites go up to there. */
  readonly problem: LinkError | undefined;
}

/**
 * Reads a body.
 *
 * @param reader of the whole body
 * @param types of its module
 * @param budget which its sites are counted against; a body has no more than an engine takes
 */
export function readBody(reader: Reader, types: readonly Signature[], budget: Budget): Body {
  const body = new BodyReader(reader, types);
  let problem: LinkError | undefined;
  try {
    body.read();
  } catch (thrown) {
    if (!(thrown instanceof LinkError)) throw thrown;
    problem = thrown;
  }
  const { bytes, start, sites, usesMemory, forwards } = body;
  budget.spend(sites.length);
  return { bytes, start, end: reader.end, sites, usesMemory, forwards, problem };
}

class BodyReader {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly sites: Site[] = [];
  usesMemory = false;
  forwards = false;
  readonly #reader: Reader;
  readonly #types: readonly Signature[];
  /** Where the instruction begins that is read. */
  #at = 0;
  /** The `i32.const` before it. */
  #constant: { readonly start: number; readonly value: number } | undefined;
  /** Whether the instruction before that constant is a `global.get`, whose site is the last one. */
  #isBased = false;

  constructor(reader: Reader, types: readonly Signature[]) {
    this.bytes = reader.bytes;
    this.start = reader.at;
    this.#reader = reader;
    this.#types = types;
  }

  read(): void {
    const reader = this.#reader;
    for (let groups = reader.u32(); groups > 0; groups -= 1) {
      reader.u32();
      requireNumber(reader.byte());
    }
    const code = reader.at;
    while (!reader.done) {
      this.#at = reader.at;
      const opcode = reader.byte();
      const constant = this.#constant;
      this.#constant = undefined;
      if (opcode === 0x41) this.#readConstant();
      else if (opcode === 0x6a) this.#readAdd(constant);
      else if (opcode === 0x11) this.#readIndirectCall(constant);
      else this.#instruction(opcode);
    }
    this.forwards = this.#isForwarder(code);
  }

  #name(naming: Naming, start = this.#at): void {
    this.sites.push({ ...naming, start, end: this.#reader.at });
  }

  #readConstant(): void {
    const last = this.sites.at(-1);
    this.#isBased = last?.op === "global.get" && last.end === this.#at;
    this.#constant = { start: this.#at, value: readS32(this.#reader) };
  }

  #readAdd(constant: { readonly value: number } | undefined): void {
    if (constant === undefined || !this.#isBased) return;
    const base = this.sites.pop() as Site & { readonly op: "global.get" };
    this.#name({ op: "address", global: base.global, offset: constant.value }, base.start);
  }

  #readIndirectCall(constant: { readonly start: number; readonly value: number } | undefined): void {
    const signature = this.#types[this.#reader.u32()]!;
    const table = this.#reader.u32();
    this.#name(
      { op: "call_indirect", signature, table, slot: constant && constant.value >>> 0 },
      constant?.start,
    );
  }

  #instruction(opcode: number): void {
    const reader = this.#reader;
    // Numeric instructions, those of sign extension among them.
    if (opcode >= 0x45 && opcode <= 0xc4) return;
    if (opcode >= 0x28 && opcode <= 0x3e) {
      this.#memoryArgument();
      return;
    }
    switch (opcode) {
      case 0x00: // unreachable
      case 0x01: // nop
      case 0x05: // else
      case 0x0b: // end
      case 0x0f: // return
      case 0x1a: // drop
      case 0x1b: // select
        return;
      case 0x02: // block
      case 0x03: // loop
      case 0x04: // if
        this.#blockType(opcode);
        return;
      case 0x0c: // br
      case 0x0d: // br_if
      case 0x20: // local.get
      case 0x21: // local.set
      case 0x22: // local.tee
        reader.u32();
        return;
      case 0x0e: // br_table
        for (let labels = reader.u32(); labels >= 0; labels -= 1) reader.u32();
        return;
      case 0x10: // call
        this.#name({ op: "call", function: reader.u32() });
        return;
      case 0x23: // global.get
        this.#name({ op: "global.get", global: reader.u32() });
        return;
      case 0x24: // global.set
        this.#name({ op: "global.set", global: reader.u32() });
        return;
      case 0x3f: // memory.size
      case 0x40: // memory.grow
        this.usesMemory = true;
        reader.u32();
        return;
      case 0x42: // i64.const
        skipNumber(reader);
        return;
      case 0x43: // f32.const
        reader.skip(4);
        return;
      case 0x44: // f64.const
        reader.skip(8);
        return;
      case 0xfc:
        this.#bulkInstruction(reader.u32());
        return;
      default:
        throw refusal(opcode);
    }
  }

  #bulkInstruction(opcode: number): void {
    const reader = this.#reader;
    // Saturating conversions.
    if (opcode <= 7) return;
    switch (opcode) {
      case 8: // memory.init
        this.usesMemory = true;
        this.#name({ op: "memory.init", data: this.#dataAndMemory() });
        return;
      case 9: // data.drop
        this.#name({ op: "data.drop", data: reader.u32() });
        return;
      case 10: // memory.copy
        this.usesMemory = true;
        reader.u32();
        reader.u32();
        return;
      case 11: // memory.fill
        this.usesMemory = true;
        reader.u32();
        return;
      case 12: // table.init
        this.#name({ op: "table.init", element: reader.u32(), table: reader.u32() });
        return;
      case 13: // elem.drop
        this.#name({ op: "elem.drop", element: reader.u32() });
        return;
      case 14: // table.copy
        this.#name({ op: "table.copy", to: reader.u32(), from: reader.u32() });
        return;
      default:
        throw notFlat("changes the size of a table, or fills one");
    }
  }

  #dataAndMemory(): number {
    const data = this.#reader.u32();
    this.#reader.u32();
    return data;
  }

  /** 5.4.6. Bit 6 says that the index of a memory follows, as where there are several. */
  #memoryArgument(): void {
    this.usesMemory = true;
    if (this.#reader.u32() & 0x40) throw notFlat("names a memory by its index");
    this.#reader.u32();
  }

  /** 5.4.1: nothing, a value type, or the index of a type. */
  #blockType(opcode: number): void {
    const reader = this.#reader;
    const next = reader.peek();
    if (next === 0x40) reader.byte();
    else if (next > 0x40 && next < 0x80) requireNumber(reader.byte());
    else {
      const { params, results } = this.#types[reader.u32()]!;
      if (params.length > 0) throw notFlat("has blocks with parameters");
      this.#name({ op: "block", opcode, result: results[0] });
    }
  }

  /** `local.get` of each parameter in order, one instruction, `end`. */
  #isForwarder(code: number): boolean {
    const [site] = this.sites;
    if (this.sites.length !== 1 || site === undefined || site.end + 1 !== this.#reader.end) return false;
    let at = code;
    // One byte each: functions with more parameters than 127 are what they are.
    for (let parameter = 0; at < site.start; parameter += 1, at += 2)
      if (this.bytes[at] !== 0x20 || this.bytes[at + 1] !== parameter) return false;
    return at === site.start;
  }
}

function requireNumber(type: number): void {
  if (!typesByByte.has(type)) throw notFlat("uses vectors or references");
}

function refusal(opcode: number): LinkError {
  if (opcode === 0x12 || opcode === 0x13) return notFlat("uses tail calls");
  if (opcode === 0xfd) return notFlat("uses vectors");
  if (opcode === 0xfe) return notFlat("uses threads");
  if (opcode === 0x06 || opcode === 0x08 || opcode === 0x0a || opcode === 0x1f)
    return notFlat("uses exceptions");
  return notFlat("uses references");
}
