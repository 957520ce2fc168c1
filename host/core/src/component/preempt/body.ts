/**
 * Rewrites the body of one function (5.5.13): puts the checks in, and replaces what must not run as it is. Everything else
 * is copied; no instruction is moved, and no index changes.
 *
 * Source: WebAssembly Core Specification 5.4 (instructions), 7.4 (index of instructions); the exception instructions of
 * before version 3.0, which engines still run, are those of the exception-handling proposal's "legacy" text.
 */

import { hex, LinkError, type Reader } from "../reader.ts";
import type { Writer } from "../writer.ts";
import type { BranchHints } from "./branch-hints.ts";
import { Copier } from "./copier.ts";
import type { Helpers } from "./helpers.ts";
import { Meter } from "./meter.ts";
import { constant, type IndexSpace, requireIndex, valueType } from "./operands.ts";

/** The most bytes that V8 takes as one body (kV8MaxWasmFunctionSize); other engines take as many. */
const mostBodyBytes = 7_654_321;

/** Rewrites the bodies of one module, one after the other. */
export class BodyRewriter {
  readonly #reader: Reader;
  readonly #space: IndexSpace;
  readonly #helpers: Helpers;
  readonly #copier: Copier;
  readonly #hints: BranchHints;
  readonly #meter: Meter;
  #locals = 0;

  /**
   * @param reader of the code section
   * @param space what the module has of its own
   * @param out gets what is written
   * @param hints gets what is said to the engine about it
   */
  constructor(reader: Reader, space: IndexSpace, helpers: Helpers, out: Writer, hints: BranchHints) {
    this.#reader = reader;
    this.#space = space;
    this.#helpers = helpers;
    this.#copier = new Copier(reader.bytes, out);
    this.#hints = hints;
    this.#meter = new Meter(this.#copier, hints, helpers.counter, helpers.slow);
  }

  /** How many locals the bodies so far declared. */
  get locals(): number {
    return this.#locals;
  }

  /** Reads the next body, which is the function `index`'s, its size included, and writes it. */
  rewrite(index: number): void {
    const { out } = this.#copier;
    const reader = this.#reader;
    const size = reader.count();
    const end = reader.at + size;
    const start = out.keepSize();
    this.#copier.skipTo(reader.at);
    const locals = this.#readLocals(end);
    this.#copier.upTo(reader.at);
    const from = out.length;
    this.#meter.enterFunction(reader.at, locals);
    this.#readInstructions(end);
    this.#copier.upTo(end);
    this.#meter.leaveFunction(end, from);
    this.#hints.closeFunction(index, start);
    if (out.length - start > mostBodyBytes)
      throw new LinkError(`a core module has a function of ${size} bytes, too large to be prepared`);
    out.closeSize(start);
  }

  #readLocals(end: number): number {
    const reader = this.#reader;
    let locals = 0;
    for (let groups = reader.count(); groups > 0; groups -= 1) {
      locals += reader.u32();
      valueType(reader.byte());
    }
    if (reader.at > end) throw overrun();
    this.#locals += locals;
    return locals;
  }

  #readInstructions(end: number): void {
    const reader = this.#reader;
    const meter = this.#meter;
    const { bytes } = reader;
    let at = reader.at;
    while (at < end) {
      if (at >= meter.due) meter.check(at);
      const opcode = bytes[at]!;
      at += 1;
      // Most instructions: the numeric ones with nothing behind them, and local.get, local.set, local.tee, i32.const with a
      // number. Calling a method for each of these takes twice as long as all the rest.
      if (opcode >= 0x45 && opcode <= 0xc4) continue;
      if ((opcode >= 0x20 && opcode <= 0x22) || opcode === 0x41) {
        let length = 1;
        while (bytes[at]! >= 0x80 && length < 6) {
          at += 1;
          length += 1;
        }
        if (length > 5) throw new LinkError(`the number that ends at byte ${at} has more than 32 bits`);
        at += 1;
        continue;
      }
      reader.at = at;
      this.#instruction(opcode);
      at = reader.at;
    }
    if (at !== end) throw overrun();
    if (!meter.closed) throw new LinkError("a function of a core module has blocks without an end");
  }

  /** One instruction whose opcode was read. */
  #instruction(opcode: number): void {
    const reader = this.#reader;
    const meter = this.#meter;
    if (opcode >= 0x28 && opcode <= 0x3e) {
      this.#memoryArgument();
      return;
    }
    switch (opcode) {
      case 0x01: // nop
      case 0x1a: // drop
      case 0x1b: // select
      case 0xd1: // ref.is_null
        break;
      case 0x00: // unreachable
      case 0x0f: // return
        meter.stop(reader.at);
        break;
      case 0x02: // block
      case 0x06: // try (legacy)
        this.#blockType();
        meter.enterBlock();
        break;
      case 0x04: // if
        this.#blockType();
        meter.enterIf(reader.at);
        break;
      case 0x1f: // try_table
        this.#blockType();
        for (let clauses = reader.count(); clauses > 0; clauses -= 1) this.#catchClause();
        meter.enterBlock();
        break;
      case 0x03: // loop
        this.#blockType();
        meter.enterLoop(reader.at);
        break;
      case 0x05: // else
        meter.otherwise(reader.at);
        break;
      case 0x07: // catch (legacy)
        requireIndex(reader.u32(), this.#space.tags, "tag");
        meter.handle(reader.at);
        break;
      case 0x19: // catch_all (legacy)
        meter.handle(reader.at);
        break;
      case 0x18: // delegate (legacy), which ends its block
        reader.u32();
        meter.end(reader.at);
        break;
      case 0x0b: // end
        meter.end(reader.at);
        break;
      case 0x08: // throw
        this.#askBefore();
        requireIndex(reader.u32(), this.#space.tags, "tag");
        meter.stop(reader.at);
        break;
      case 0x09: // rethrow (legacy)
        this.#askBefore();
        reader.u32();
        meter.stop(reader.at);
        break;
      case 0x0a: // throw_ref
        this.#askBefore();
        meter.stop(reader.at);
        break;
      case 0x0c: // br
        meter.branch(reader.u32(), reader.at);
        meter.stop(reader.at);
        break;
      case 0x0d: // br_if
        meter.branch(reader.u32(), reader.at);
        break;
      case 0x0e: // br_table
        for (let labels = reader.count(); labels >= 0; labels -= 1) meter.branch(reader.u32(), reader.at);
        meter.stop(reader.at);
        break;
      case 0x10: // call
        requireIndex(reader.u32(), this.#space.functions, "function");
        meter.call();
        break;
      case 0x12: // return_call
        requireIndex(reader.u32(), this.#space.functions, "function");
        meter.call();
        meter.stop(reader.at);
        break;
      case 0x11: // call_indirect
        requireIndex(reader.u32(), this.#space.types, "type");
        this.#table();
        meter.call();
        break;
      case 0x13: // return_call_indirect
        requireIndex(reader.u32(), this.#space.types, "type");
        this.#table();
        meter.call();
        meter.stop(reader.at);
        break;
      case 0x1c: // select with types
        for (let types = reader.count(); types > 0; types -= 1) valueType(reader.byte());
        break;
      case 0x24: // global.set
        requireIndex(reader.u32(), this.#space.globals, "global");
        break;
      case 0x25: // table.get
      case 0x26: // table.set
        this.#table();
        break;
      case 0x3f: // memory.size
        this.#memory();
        break;
      case 0x40: // memory.grow
        this.#replace(1, () => this.#helpers.growMemory(this.#memory()));
        break;
      case 0xfc:
        this.#bulkInstruction();
        break;
      case 0xfd:
        this.#vectorInstruction();
        break;
      default:
        if (!constant(opcode, reader, this.#space)) throw refusal(opcode);
    }
  }

  /** 0xFC: saturating conversions, and what moves many bytes or entries at once. */
  #bulkInstruction(): void {
    const reader = this.#reader;
    const at = reader.at - 1;
    const opcode = reader.u32();
    switch (opcode) {
      case 0: // i32.trunc_sat_f32_s and the like
      case 1:
      case 2:
      case 3:
      case 4:
      case 5:
      case 6:
      case 7:
        break;
      case 8: // memory.init
        this.#weigh(at, this.#helpers.weighBytes);
        reader.u32();
        this.#memory();
        break;
      case 9: // data.drop
      case 13: // elem.drop
        reader.u32();
        break;
      case 10: // memory.copy
        this.#weigh(at, this.#helpers.weighBytes);
        this.#memory();
        this.#memory();
        break;
      case 11: // memory.fill
        this.#weigh(at, this.#helpers.weighBytes);
        this.#memory();
        break;
      case 12: // table.init
        this.#weigh(at, this.#helpers.weighEntries);
        reader.u32();
        this.#table();
        break;
      case 14: // table.copy
        this.#weigh(at, this.#helpers.weighEntries);
        this.#table();
        this.#table();
        break;
      case 15: // table.grow
        this.#replace(reader.at - at, () => this.#helpers.growTable(this.#table()));
        break;
      case 16: // table.size
        this.#table();
        break;
      case 17: // table.fill
        this.#weigh(at, this.#helpers.weighEntries);
        this.#table();
        break;
      default:
        throw new LinkError(`a core module uses the unknown instruction 0xfc ${hex(opcode)}`);
    }
  }

  /** 0xFD (5.4.9), relaxed instructions included: only loads, stores, constants and lanes have something behind them. */
  #vectorInstruction(): void {
    const reader = this.#reader;
    const opcode = reader.u32();
    if (opcode > 0x113) throw new LinkError(`a core module uses the unknown instruction 0xfd ${hex(opcode)}`);
    if (opcode <= 11 || opcode === 92 || opcode === 93) this.#memoryArgument();
    else if (opcode === 12 || opcode === 13) reader.skip(16);
    else if (opcode >= 21 && opcode <= 34) reader.skip(1);
    else if (opcode >= 84 && opcode <= 91) {
      this.#memoryArgument();
      reader.skip(1);
    }
  }

  /** Raising an exception takes longer than asking the gate, so that is asked each time. */
  #askBefore(): void {
    this.#copier.upTo(this.#reader.at - 1);
    this.#writeCall(this.#helpers.slow);
  }

  /** Puts a call in front of an instruction that begins at `at`: the length on top of the stack goes through it. */
  #weigh(at: number, weigh: number): void {
    this.#copier.upTo(at);
    this.#writeCall(weigh);
  }

  /** Writes a call instead of an instruction, whose opcode of `length` bytes was read and whose operands `read` reads. */
  #replace(length: number, read: () => number): void {
    this.#copier.upTo(this.#reader.at - length);
    this.#writeCall(read());
    this.#copier.skipTo(this.#reader.at);
  }

  #writeCall(helper: number): void {
    this.#copier.out.byte(0x10);
    this.#copier.out.u32(helper);
    this.#meter.call();
  }

  /** 5.4.1: nothing, a value type, or the index of a type. */
  #blockType(): void {
    const next = this.#reader.peek();
    if (next === 0x40) this.#reader.byte();
    else if (next > 0x40 && next < 0x80) valueType(this.#reader.byte());
    else requireIndex(this.#reader.u32(), this.#space.types, "type");
  }

  #catchClause(): void {
    const kind = this.#reader.byte();
    if (kind > 3) throw new LinkError(`a core module catches exceptions in the unknown way ${hex(kind)}`);
    if (kind < 2) requireIndex(this.#reader.u32(), this.#space.tags, "tag");
    this.#meter.catch(this.#reader.u32());
  }

  /** 5.4.6: bit 6 of the alignment says that a memory's index follows. */
  #memoryArgument(): void {
    const alignment = this.#reader.u32();
    requireIndex(alignment & 0x40 ? this.#reader.u32() : 0, this.#space.memories, "memory");
    this.#reader.u32();
  }

  #memory(): number {
    return requireIndex(this.#reader.u32(), this.#space.memories, "memory");
  }

  #table(): number {
    return requireIndex(this.#reader.u32(), this.#space.tables.length, "table");
  }
}

function refusal(opcode: number): LinkError {
  if (opcode === 0xfe) return new LinkError("a core module uses threads, which this host refuses");
  if (opcode === 0xfb || opcode === 0xd3)
    return new LinkError("a core module uses garbage-collected objects, which this host refuses");
  if (opcode >= 0xe0 && opcode <= 0xe6)
    return new LinkError("a core module uses stack switching, which this host refuses");
  if (opcode === 0x14 || opcode === 0x15 || (opcode >= 0xd4 && opcode <= 0xd6))
    return new LinkError("a core module uses typed references, which this host refuses");
  return new LinkError(`a core module uses the unknown instruction ${hex(opcode)}`);
}

function overrun(): LinkError {
  return new LinkError("a function of a core module goes past its end");
}
