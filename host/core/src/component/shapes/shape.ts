/**
 * A value type of the canonical ABI as an object with four closures, made once for a type and shared by all instances.
 * Nothing in a shape captures an instance: what differs between them comes in as the call's context.
 *
 * Source: Component Model, design/mvp/CanonicalABI.md, "Alignment", "Element Size", "Loading", "Storing", "Flattening",
 * "Flat Lifting", "Flat Lowering".
 */

import type { CallContext } from "../call-context.ts";
import { LinkError } from "../reader.ts";
import { Trap } from "../trap.ts";

/** The type of a core value. */
export type CoreType = "i32" | "i64" | "f32" | "f64";
/** A core value: a BigInt for i64, a Number for the others. */
export type CoreValue = number | bigint;

/** How values of one type go from a component to JavaScript and back. */
export interface Shape {
  /** The type's form, and what messages call it: "u8", "record". */
  readonly kind: string;
  /** In bytes of linear memory. */
  readonly size: number;
  readonly align: number;
  /**
   * The core values that it is passed as. One that needs more than {@link longestFlat} has that many and one more: nothing
   * passes it flat, and nobody reads on.
   */
  readonly flat: readonly CoreType[];
  /** How deep types are nested in it. */
  readonly depth: number;
  /** About how many bytes a value takes in JavaScript, without the texts and lists in it. */
  readonly weight: number;
  /** Reads a value at `at`, which is aligned and inside of the memory. */
  load(cx: CallContext, at: number): unknown;
  /** Writes a value at `at`. @throws TypeError where it is none of this type */
  store(cx: CallContext, at: number, value: unknown): void;
  /** Takes a value from core values, from index `at` on. */
  lift(cx: CallContext, values: readonly CoreValue[], at: number): unknown;
  /** Puts a value into core values, from index `at` on. @throws TypeError where it is none of this type */
  lower(cx: CallContext, value: unknown, into: CoreValue[], at: number): void;
}

/** CanonicalABI.md, `MAX_FLAT_PARAMS`: functions with more core parameters get a pointer to them. */
export const longestFlat = 16;
/** Deeper types are refused: each level is a level of recursion. */
export const maximumDepth = 64;
/** Larger types are refused: no driver has a record of this size, and sizes stay numbers that are exact. */
const maximumSize = 2 ** 24;

/** @throws Trap */
export function trap(message: string): never {
  throw new Trap(message);
}

/** @throws TypeError: a value of the host, or of a program, is none of the type that the component declares */
export function wrongType(kind: string, value: unknown): never {
  throw new TypeError(
    `a value of type ${kind} is expected, and not ${value === null ? "null" : typeof value}`,
  );
}

/** CanonicalABI.md, `align_to`. */
export function alignTo(position: number, alignment: number): number {
  return Math.ceil(position / alignment) * alignment;
}

/** Cuts a list of core types where nobody reads on. */
export function cutFlat(flat: readonly CoreType[]): readonly CoreType[] {
  return flat.length > longestFlat ? flat.slice(0, longestFlat + 1) : flat;
}

/** @throws LinkError where a type is too large or nested too deeply to be used */
export function checked<Checked extends Shape>(shape: Checked): Checked {
  if (shape.depth > maximumDepth) throw new LinkError(`types are nested more than ${maximumDepth} deep`);
  if (shape.size > maximumSize)
    throw new LinkError(`a ${shape.kind} of ${shape.size} bytes is not supported`);
  return shape;
}
