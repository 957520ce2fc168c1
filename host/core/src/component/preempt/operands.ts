/**
 * What instructions are followed by: types, indices, and the constant expressions that are made of them.
 *
 * Source: WebAssembly Core Specification 5.3 (types), 5.4 (instructions), 5.4.10 (expressions).
 */

import { hex, LinkError, type Reader } from "../reader.ts";

/** How many things of each kind a module has, imported and own together: indices are below them. */
export interface IndexSpace {
  readonly types: number;
  readonly functions: number;
  /** One entry a table. */
  readonly tables: readonly number[];
  readonly memories: number;
  readonly globals: number;
  readonly tags: number;
}

/** What `valueType` tells apart: only references to exceptions are not allowed everywhere. */
export type ValueType = "exnref" | "other";

/**
 * 5.3.1 to 5.3.5: numbers, vectors, and the references that are one byte.
 *
 * @throws LinkError by name for references to typed functions and to garbage-collected objects
 */
export function valueType(byte: number): ValueType {
  switch (byte) {
    case 0x7f: // i32
    case 0x7e: // i64
    case 0x7d: // f32
    case 0x7c: // f64
    case 0x7b: // v128
    case 0x70: // funcref
    case 0x6f: // externref
      return "other";
    case 0x69: // exnref
      return "exnref";
    case 0x63: // ref null ht
    case 0x64: // ref ht
      throw new LinkError("a core module uses typed references, which this host refuses");
    default:
      if (byte >= 0x65 && byte < 0x78)
        throw new LinkError(
          `a core module uses the reference type ${hex(byte)} of garbage-collected objects, which this host refuses`,
        );
      throw new LinkError(`a core module uses the unknown type ${hex(byte)}`);
  }
}

/** @throws LinkError when `index` is not below `count` */
export function requireIndex(index: number, count: number, what: string): number {
  if (index >= count) throw new LinkError(`a core module names the ${what} ${index}, but has ${count}`);
  return index;
}

/**
 * 3.4.16: what may stand where a value is needed before anything runs.
 *
 * @throws LinkError for instructions that may not, or that are refused
 */
export function constantExpression(reader: Reader, space: IndexSpace): void {
  for (;;) {
    const opcode = reader.byte();
    if (constant(opcode, reader, space)) continue;
    switch (opcode) {
      case 0x0b: // end
        return;
      case 0x6a: // i32.add, i32.sub, i32.mul
      case 0x6b:
      case 0x6c:
      case 0x7c: // i64.add, i64.sub, i64.mul
      case 0x7d:
      case 0x7e:
        break;
      case 0xfd: // v128.const is the only constant vector instruction
        if (reader.u32() !== 12) throw new LinkError("a core module computes vectors before it starts");
        reader.skip(16);
        break;
      default:
        throw new LinkError(`a core module has the instruction ${hex(opcode)} in a constant expression`);
    }
  }
}

/**
 * Reads what follows an instruction that gives a value and needs none: constants, `global.get` and references (5.4).
 *
 * @returns whether it is such an instruction; nothing is read where it is another
 * @throws LinkError where it names what is not there
 */
export function constant(opcode: number, reader: Reader, space: IndexSpace): boolean {
  switch (opcode) {
    case 0x41: // i32.const
    case 0x42: // i64.const
      skipLeb(reader);
      return true;
    case 0x43: // f32.const
      reader.skip(4);
      return true;
    case 0x44: // f64.const
      reader.skip(8);
      return true;
    case 0x23: // global.get
      requireIndex(reader.u32(), space.globals, "global");
      return true;
    case 0xd0: // ref.null
      valueType(reader.byte());
      return true;
    case 0xd2: // ref.func
      requireIndex(reader.u32(), space.functions, "function");
      return true;
    default:
      return false;
  }
}

/** A LEB128 number of any sign, of at most 64 bits: its value means nothing here. */
function skipLeb(reader: Reader): void {
  for (let length = 1; reader.byte() >= 0x80; length += 1)
    if (length === 10) throw new LinkError(`the number that ends at byte ${reader.at} has more than 64 bits`);
}
