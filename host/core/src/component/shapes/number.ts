/** Booleans, integers, floats and characters: CanonicalABI.md, "Loading" and "Flat Lifting". */

import type { CallContext } from "../call-context.ts";
import { type CoreValue, type Shape, trap, wrongType } from "./shape.ts";

type Load = (cx: CallContext, at: number) => number;
type Store = (cx: CallContext, at: number, value: number) => void;

/** An integer of up to 32 bits: a Number. */
function integer(
  kind: string,
  [low, high]: readonly [number, number],
  size: number,
  load: Load,
  store: Store,
  wrap: (value: number) => number,
): Shape {
  const check = (value: unknown): number => {
    if (typeof value !== "number" || !(value >= low && value <= high) || value % 1 !== 0)
      wrongType(kind, value);
    return value;
  };
  return {
    kind,
    size,
    align: size,
    flat: ["i32"],
    depth: 0,
    weight: 8,
    load,
    store: (cx, at, value) => store(cx, at, check(value)),
    lift: (_, values, at) => wrap(values[at] as number),
    lower: (_, value, into, at) => {
      into[at] = check(value) | 0;
    },
  };
}

/** An integer of 64 bits: a BigInt. */
function long(kind: string, low: bigint, high: bigint): Shape {
  const signed = low < 0n;
  const check = (value: unknown): bigint => {
    if (typeof value !== "bigint" || value < low || value > high) wrongType(kind, value);
    return value;
  };
  return {
    kind,
    size: 8,
    align: 8,
    flat: ["i64"],
    depth: 0,
    weight: 24,
    load: signed ? (cx, at) => cx.view.getBigInt64(at, true) : (cx, at) => cx.view.getBigUint64(at, true),
    store: (cx, at, value) => cx.view.setBigUint64(at, BigInt.asUintN(64, check(value)), true),
    // Both refuse a Number: a core module may import a lowered function with another signature than it has.
    lift: signed
      ? (_, values, at) => BigInt.asIntN(64, values[at] as bigint)
      : (_, values, at) => BigInt.asUintN(64, values[at] as bigint),
    lower: (_, value, into, at) => {
      into[at] = BigInt.asIntN(64, check(value));
    },
  };
}

function float(kind: "f32" | "f64", size: number, load: Load, store: Store): Shape {
  const check = (value: unknown): number => (typeof value === "number" ? value : wrongType(kind, value));
  return {
    kind,
    size,
    align: size,
    flat: [kind],
    depth: 0,
    weight: 16,
    load,
    store: (cx, at, value) => store(cx, at, check(value)),
    // As above, of a BigInt.
    lift: (_, values, at) => +(values[at] as number),
    lower: (_, value, into, at) => {
      into[at] = check(value);
    },
  };
}

/** CanonicalABI.md, `convert_i32_to_char`. */
function toCharacter(code: number): string {
  if (code >= 0x110000 || (code >= 0xd800 && code <= 0xdfff)) trap("a char is no Unicode scalar value");
  return String.fromCodePoint(code);
}

function fromCharacter(value: unknown): number {
  const code = typeof value === "string" ? value.codePointAt(0) : undefined;
  if (code === undefined || String.fromCodePoint(code) !== value || (code >= 0xd800 && code <= 0xdfff)) {
    wrongType("char", value);
  }
  return code;
}

const boolean = (value: unknown): number => (typeof value === "boolean" ? +value : wrongType("bool", value));

const bool: Shape = {
  kind: "bool",
  size: 1,
  align: 1,
  flat: ["i32"],
  depth: 0,
  weight: 8,
  load: (cx, at) => cx.bytes[at] !== 0,
  store: (cx, at, value) => {
    cx.bytes[at] = boolean(value);
  },
  lift: (_, values, at) => values[at] !== 0,
  lower: (_, value, into, at) => {
    into[at] = boolean(value);
  },
};

const char: Shape = {
  kind: "char",
  size: 4,
  align: 4,
  flat: ["i32"],
  depth: 0,
  weight: 24,
  load: (cx, at) => toCharacter(cx.view.getUint32(at, true)),
  store: (cx, at, value) => cx.view.setUint32(at, fromCharacter(value), true),
  lift: (_, values: readonly CoreValue[], at) => toCharacter((values[at] as number) >>> 0),
  lower: (_, value, into, at) => {
    into[at] = fromCharacter(value);
  },
};

/** The shapes of all types that are one core value, by their names. */
export const numbers = {
  bool,
  char,
  u8: integer(
    "u8",
    [0, 0xff],
    1,
    (cx, at) => cx.bytes[at]!,
    (cx, at, value) => {
      cx.bytes[at] = value;
    },
    (value) => value & 0xff,
  ),
  s8: integer(
    "s8",
    [-0x80, 0x7f],
    1,
    (cx, at) => cx.view.getInt8(at),
    (cx, at, value) => cx.view.setInt8(at, value),
    (value) => (value << 24) >> 24,
  ),
  u16: integer(
    "u16",
    [0, 0xffff],
    2,
    (cx, at) => cx.view.getUint16(at, true),
    (cx, at, value) => cx.view.setUint16(at, value, true),
    (value) => value & 0xffff,
  ),
  s16: integer(
    "s16",
    [-0x8000, 0x7fff],
    2,
    (cx, at) => cx.view.getInt16(at, true),
    (cx, at, value) => cx.view.setInt16(at, value, true),
    (value) => (value << 16) >> 16,
  ),
  u32: integer(
    "u32",
    [0, 0xffffffff],
    4,
    (cx, at) => cx.view.getUint32(at, true),
    (cx, at, value) => cx.view.setUint32(at, value, true),
    (value) => value >>> 0,
  ),
  s32: integer(
    "s32",
    [-0x80000000, 0x7fffffff],
    4,
    (cx, at) => cx.view.getInt32(at, true),
    (cx, at, value) => cx.view.setInt32(at, value, true),
    (value) => value | 0,
  ),
  u64: long("u64", 0n, 2n ** 64n - 1n),
  s64: long("s64", -(2n ** 63n), 2n ** 63n - 1n),
  f32: float(
    "f32",
    4,
    (cx, at) => cx.view.getFloat32(at, true),
    (cx, at, value) => cx.view.setFloat32(at, value, true),
  ),
  f64: float(
    "f64",
    8,
    (cx, at) => cx.view.getFloat64(at, true),
    (cx, at, value) => cx.view.setFloat64(at, value, true),
  ),
} as const satisfies Record<string, Shape>;
