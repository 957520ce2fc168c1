/** Records, tuples and flags: CanonicalABI.md, `load_record`, `load_flags` and their counterparts. */

import { camelCase } from "../names.ts";
import { numbers } from "./number.ts";
import { alignTo, type CoreType, checked, cutFlat, type Shape, wrongType } from "./shape.ts";

/** A part of a record or tuple, and where it is. */
interface Part {
  readonly shape: Shape;
  /** In bytes from the beginning. */
  readonly offset: number;
  /** Its first core value. */
  readonly at: number;
}

function layout(shapes: readonly Shape[]): Pick<Shape, "size" | "align" | "flat" | "depth" | "weight"> & {
  readonly parts: readonly Part[];
} {
  let position = 0;
  let align = 1;
  let depth = 0;
  let weight = 24;
  let flat: CoreType[] = [];
  const parts = shapes.map((shape) => {
    position = alignTo(position, shape.align);
    const part = { shape, offset: position, at: flat.length };
    position += shape.size;
    align = Math.max(align, shape.align);
    depth = Math.max(depth, shape.depth);
    weight += shape.weight;
    flat = [...cutFlat([...flat, ...shape.flat])];
    return part;
  });
  return { parts, size: alignTo(position, align), align, flat, depth: depth + 1, weight };
}

/** The type `record`: an object with the fields' names in camelCase. */
export function record(fields: readonly { readonly name: string; readonly shape: Shape }[]): Shape {
  const { parts, ...rest } = layout(fields.map(({ shape }) => shape));
  const keys = fields.map(({ name }) => camelCase(name));
  // A field that is left out must not be found where all objects have something of its name.
  const inherits = keys.some((key) => key in Object.prototype);
  const fieldsOf = (value: unknown): Record<string, unknown> => {
    if (typeof value !== "object" || value === null) wrongType("record", value);
    return inherits ? Object.assign(Object.create(null), value) : (value as Record<string, unknown>);
  };
  // A label is never "__proto__" (names.ts), so an assignment makes an own property; it is seven times faster than a
  // literal with computed keys, which engines do not cache where many types share the code.
  return checked({
    kind: "record",
    ...rest,
    load: (cx, at) => {
      const made: Record<string, unknown> = {};
      for (let index = 0; index < keys.length; index += 1) {
        const { shape, offset } = parts[index]!;
        made[keys[index]!] = shape.load(cx, at + offset);
      }
      return made;
    },
    lift: (cx, values, at) => {
      const made: Record<string, unknown> = {};
      for (let index = 0; index < keys.length; index += 1) {
        const part = parts[index]!;
        made[keys[index]!] = part.shape.lift(cx, values, at + part.at);
      }
      return made;
    },
    store: (cx, at, value) => {
      const given = fieldsOf(value);
      for (let index = 0; index < keys.length; index += 1) {
        const { shape, offset } = parts[index]!;
        shape.store(cx, at + offset, given[keys[index]!]);
      }
    },
    lower: (cx, value, into, at) => {
      const given = fieldsOf(value);
      for (let index = 0; index < keys.length; index += 1) {
        const part = parts[index]!;
        part.shape.lower(cx, given[keys[index]!], into, at + part.at);
      }
    },
  });
}

/** The type `tuple`: an array. */
export function tuple(shapes: readonly Shape[]): Shape {
  const { parts, ...rest } = layout(shapes);
  const itemsOf = (value: unknown): readonly unknown[] =>
    Array.isArray(value) && value.length === parts.length ? value : wrongType("tuple", value);
  return checked({
    kind: "tuple",
    ...rest,
    load: (cx, at) => parts.map(({ shape, offset }) => shape.load(cx, at + offset)),
    lift: (cx, values, at) => parts.map((part) => part.shape.lift(cx, values, at + part.at)),
    store: (cx, at, value) => {
      const items = itemsOf(value);
      for (let index = 0; index < parts.length; index += 1) {
        const { shape, offset } = parts[index]!;
        shape.store(cx, at + offset, items[index]);
      }
    },
    lower: (cx, value, into, at) => {
      const items = itemsOf(value);
      for (let index = 0; index < parts.length; index += 1) {
        const part = parts[index]!;
        part.shape.lower(cx, items[index], into, at + part.at);
      }
    },
  });
}

/** The type `flags`: an object with a boolean for each; one that is left out is false. */
export function flags(labels: readonly string[]): Shape {
  const keys = labels.map(camelCase);
  const bits = labels.length <= 8 ? numbers.u8 : labels.length <= 16 ? numbers.u16 : numbers.u32;
  const unpack = (packed: number): Record<string, boolean> => {
    const made: Record<string, boolean> = {};
    for (let index = 0; index < keys.length; index += 1) made[keys[index]!] = ((packed >>> index) & 1) === 1;
    return made;
  };
  const pack = (value: unknown): number => {
    if (typeof value !== "object" || value === null) wrongType("flags", value);
    let packed = 0;
    for (let index = 0; index < keys.length; index += 1) {
      const key = keys[index]!;
      if (Object.hasOwn(value, key) && (value as Record<string, unknown>)[key]) packed |= 1 << index;
    }
    return packed >>> 0;
  };
  return {
    kind: "flags",
    size: bits.size,
    align: bits.align,
    flat: ["i32"],
    depth: 1,
    weight: 24 + 8 * keys.length,
    load: (cx, at) => unpack(bits.load(cx, at) as number),
    lift: (_, values, at) => unpack(values[at] as number),
    store: (cx, at, value) => bits.store(cx, at, pack(value)),
    lower: (_, value, into, at) => {
      into[at] = pack(value) | 0;
    },
  };
}
