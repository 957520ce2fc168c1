/** Types as trees, what they are in WebAssembly text, and values of them: what the tests of the linker are made from. */

import type { Random } from "@busbar/fuzz";
import { camelCase } from "../../src/component/names.ts";

/** Types without parts, by their names. */
export const primitives = [
  "bool",
  "u8",
  "s8",
  "u16",
  "s16",
  "u32",
  "s32",
  "u64",
  "s64",
  "f32",
  "f64",
  "char",
  "string",
] as const;

export type Primitive = (typeof primitives)[number];

/** A value type. The parts of records, variants, enums and flags are named by {@link label}. */
export type Type =
  | Primitive
  | { readonly list: Type }
  | { readonly option: Type }
  | { readonly record: readonly Type[] }
  | { readonly tuple: readonly Type[] }
  | { readonly variant: readonly (Type | undefined)[] }
  | { readonly result: readonly [ok: Type | undefined, error: Type | undefined] }
  | { readonly enum: number }
  | { readonly flags: number };

/** Names that mean something to an object of JavaScript, and a few that do not. */
const words = [
  "constructor",
  "to-string",
  "value-of",
  "has-own-property",
  "then",
  "prototype",
  "name",
  "length",
  "alpha",
  "gamma-ray",
];

/** The name of the part at `index`. */
export function label(index: number): string {
  const word = words[index % words.length]!;
  return index < words.length ? word : `${word}-n${index}`;
}

/** The same as a property of JavaScript. */
export const property = (index: number): string => camelCase(label(index));

/**
 * Declares a type and its parts, within an instance type.
 *
 * @param into the declarations so far; the new ones are put behind them
 * @returns how to refer to it there
 */
export function declare(type: Type, into: string[]): string {
  if (typeof type === "string") return type;
  const refer = (part: Type): string => declare(part, into);
  let text: string;
  if ("list" in type) text = `(list ${refer(type.list)})`;
  else if ("option" in type) text = `(option ${refer(type.option)})`;
  else if ("tuple" in type) text = `(tuple ${type.tuple.map(refer).join(" ")})`;
  else if ("record" in type)
    text = `(record ${type.record.map((part, index) => `(field "${label(index)}" ${refer(part)})`).join(" ")})`;
  else if ("variant" in type) {
    const cases = type.variant.map(
      (part, index) => `(case "${label(index)}"${part ? ` ${refer(part)}` : ""})`,
    );
    text = `(variant ${cases.join(" ")})`;
  } else if ("result" in type) {
    const [ok, error] = type.result;
    text = `(result ${ok ? refer(ok) : ""} ${error ? `(error ${refer(error)})` : ""})`;
  } else {
    const [kind, count] = "enum" in type ? ["enum", type.enum] : ["flags", type.flags];
    text = `(${kind} ${Array.from({ length: count }, (_, index) => `"${label(index)}"`).join(" ")})`;
  }
  const id = into.length;
  into.push(`(type $a${id} ${text}) (export "t${id}" (type $t${id} (eq $a${id})))`);
  return `$t${id}`;
}

/** A type with few parts; the deeper it is, the simpler. */
export function randomType(random: Random, depth: number): Type {
  const part = () => randomType(random, depth - 1);
  const some = <Item>(most: number, make: () => Item) => Array.from({ length: 1 + random(most) }, make);
  switch (depth <= 0 ? 0 : random(10)) {
    case 0:
    case 1:
      return primitives[random(primitives.length)]!;
    case 2:
      return { list: part() };
    case 3:
      return { record: some(6, part) };
    case 4:
      return { tuple: some(4, part) };
    case 5:
      return { variant: some(5, () => (random(3) > 0 ? part() : undefined)) };
    case 6:
      return { enum: 1 + random(300) };
    case 7:
      return { option: part() };
    case 8:
      return { result: [random(4) > 0 ? part() : undefined, random(4) > 0 ? part() : undefined] };
    default:
      return { flags: 1 + random(32) };
  }
}

const texts = ["", "plain", "ünïcode ✓ 🙂", "ÿ latin", "x".repeat(100), "a\u0000b", "é".repeat(30)];
const characters = ["a", "ß", "✓", "\u{10ffff}", "\ud7ff", "\ue000"];
const floats = [0, -0, 1.5, -3.25e10, Number.POSITIVE_INFINITY, Number.NaN];
const doubles = [0, -0, Math.PI, -1e300, Number.NEGATIVE_INFINITY, Number.NaN];

const arrays = {
  u8: Uint8Array,
  s8: Int8Array,
  u16: Uint16Array,
  s16: Int16Array,
  u32: Uint32Array,
  s32: Int32Array,
  u64: BigUint64Array,
  s64: BigInt64Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;

/** The list as a component gives it. */
export function listOf(type: Type, items: readonly unknown[]): unknown {
  const Typed =
    typeof type === "string" && Object.hasOwn(arrays, type) && arrays[type as keyof typeof arrays];
  return Typed ? (Typed as unknown as typeof Uint8Array).from(items as number[]) : items;
}

/** A value of a type, with all the extremes of numbers now and then. */
export function randomValue(type: Type, random: Random): unknown {
  if (typeof type === "string") return randomPrimitive(type, random);
  const value = (part: Type) => randomValue(part, random);
  if ("list" in type) {
    const length = random(4) === 0 ? 40 : random(4);
    return listOf(
      type.list,
      Array.from({ length }, () => value(type.list)),
    );
  }
  if ("record" in type)
    return Object.fromEntries(type.record.map((part, index) => [property(index), value(part)]));
  if ("tuple" in type) return type.tuple.map(value);
  if ("variant" in type) {
    const index = random(type.variant.length);
    const part = type.variant[index];
    return part === undefined ? { tag: label(index) } : { tag: label(index), val: value(part) };
  }
  if ("enum" in type) return label(random(type.enum));
  if ("option" in type) {
    const some = random(2) === 1;
    if (typeof type.option === "object" && "option" in type.option)
      return some ? { tag: "some", val: value(type.option) } : { tag: "none" };
    return some ? value(type.option) : undefined;
  }
  if ("result" in type) {
    const index = random(2);
    const part = type.result[index];
    return { tag: index === 0 ? "ok" : "err", val: part === undefined ? undefined : value(part) };
  }
  return Object.fromEntries(
    Array.from({ length: type.flags }, (_, index) => [property(index), random(2) === 1]),
  );
}

function randomPrimitive(type: Primitive, random: Random): unknown {
  const one = <Item>(items: readonly Item[]): Item => items[random(items.length)]!;
  switch (type) {
    case "bool":
      return random(2) === 1;
    case "char":
      return one(characters);
    case "string":
      return one(texts);
    case "f32":
      return Math.fround(one(floats));
    case "f64":
      return one(doubles);
    default: {
      const signed = type.startsWith("s");
      const bits = Number(type.slice(1));
      const [low, high] = signed
        ? [-(2n ** BigInt(bits - 1)), 2n ** BigInt(bits - 1) - 1n]
        : [0n, 2n ** BigInt(bits) - 1n];
      const value = one([low, high, 0n, 1n, 77n]);
      return bits === 64 ? value : Number(value);
    }
  }
}
