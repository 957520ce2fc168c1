/** Variants, enums, options and results: CanonicalABI.md, `load_variant`, `lift_flat_variant` and their counterparts. */

import type { CallContext } from "../call-context.ts";
import { numbers } from "./number.ts";
import {
  alignTo,
  type CoreType,
  type CoreValue,
  checked,
  cutFlat,
  type Shape,
  trap,
  wrongType,
} from "./shape.ts";

/** A value of a variant, as the JavaScript bindings of the component model have it. */
interface Tagged {
  readonly tag?: unknown;
  readonly val?: unknown;
}

/**
 * A sum of cases.
 *
 * @param payloads of the cases, in order
 * @param wrap makes the JavaScript value of a case out of its payload
 * @param split gives the index of a value's case, and leaves its payload in `cx.payload`
 */
function sum(
  kind: string,
  payloads: readonly (Shape | undefined)[],
  wrap: (index: number, payload: unknown) => unknown,
  split: (cx: CallContext, value: unknown) => number,
): Shape {
  const count = payloads.length;
  const discriminant = count <= 0x100 ? numbers.u8 : numbers.u16;
  const present = payloads.filter((shape) => shape !== undefined);
  const payloadAlign = Math.max(1, ...present.map(({ align }) => align));
  const align = Math.max(discriminant.align, payloadAlign);
  const offset = alignTo(discriminant.size, payloadAlign);
  const joined = joinFlat(present);
  const cases = payloads.map((shape) => ({ shape, conversions: conversionsOf(shape, joined) }));
  const invalid = () => trap(`a discriminant is out of the range of ${count} cases`);
  return checked({
    kind,
    size: alignTo(offset + Math.max(0, ...present.map(({ size }) => size)), align),
    align,
    flat: cutFlat(["i32", ...joined]),
    depth: Math.max(0, ...present.map(({ depth }) => depth)) + 1,
    weight: 32 + Math.max(0, ...present.map(({ weight }) => weight)),
    load: (cx, at) => {
      const index = discriminant.load(cx, at) as number;
      if (index >= count) invalid();
      return wrap(index, payloads[index]?.load(cx, at + offset));
    },
    lift: (cx, values, at) => {
      const index = (values[at] as number) >>> 0;
      if (index >= count) invalid();
      const { shape, conversions } = cases[index]!;
      if (conversions === undefined) return wrap(index, shape?.lift(cx, values, at + 1));
      const own = conversions.map(([core, from], part) => convert(values[at + 1 + part]!, from, core));
      return wrap(index, shape?.lift(cx, own, 0));
    },
    store: (cx, at, value) => {
      const index = split(cx, value);
      const { payload } = cx;
      discriminant.store(cx, at, index);
      payloads[index]?.store(cx, at + offset, payload);
    },
    lower: (cx, value, into, at) => {
      const index = split(cx, value);
      const { payload } = cx;
      const { shape, conversions } = cases[index]!;
      into[at] = index;
      if (conversions === undefined) shape?.lower(cx, payload, into, at + 1);
      else {
        const own: CoreValue[] = [];
        shape?.lower(cx, payload, own, 0);
        conversions.forEach(([core, to], part) => {
          into[at + 1 + part] = convert(own[part]!, core, to);
        });
      }
      for (let filled = shape?.flat.length ?? 0; filled < joined.length; filled += 1) {
        into[at + 1 + filled] = joined[filled] === "i64" ? 0n : 0;
      }
    },
  });
}

/** CanonicalABI.md, `flatten_variant`: the core values that hold the payload of any case. */
function joinFlat(payloads: readonly Shape[]): CoreType[] {
  const joined: CoreType[] = [];
  for (const { flat } of payloads) {
    flat.forEach((core, index) => {
      const other = joined[index];
      joined[index] = other === undefined ? core : join(other, core);
    });
  }
  return joined;
}

/** CanonicalABI.md, `join`. */
function join(one: CoreType, other: CoreType): CoreType {
  if (one === other) return one;
  return is32(one) && is32(other) ? "i32" : "i64";
}

const is32 = (core: CoreType) => core === "i32" || core === "f32";

/** From and to, for each core value; undefined where a case's core values are those of the joined form. */
function conversionsOf(
  shape: Shape | undefined,
  joined: readonly CoreType[],
): readonly (readonly [CoreType, CoreType])[] | undefined {
  if (shape === undefined || shape.flat.every((core, index) => core === joined[index])) return undefined;
  return shape.flat.map((core, index) => [core, joined[index]!]);
}

const cell = new DataView(new ArrayBuffer(8));

/** CanonicalABI.md, `CoerceValueIter`: the bits of one core value as another one. */
function convert(value: CoreValue, from: CoreType, to: CoreType): CoreValue {
  if (from === to) return value;
  cell.setBigInt64(0, 0n);
  if (from === "i32") cell.setInt32(0, value as number, true);
  else if (from === "i64") cell.setBigInt64(0, value as bigint, true);
  else if (from === "f32") cell.setFloat32(0, value as number, true);
  else cell.setFloat64(0, value as number, true);
  if (to === "i32") return cell.getInt32(0, true);
  if (to === "i64") return cell.getBigInt64(0, true);
  return to === "f32" ? cell.getFloat32(0, true) : cell.getFloat64(0, true);
}

const tagged = (kind: string, value: unknown): Tagged =>
  typeof value === "object" && value !== null ? value : wrongType(kind, value);

/** The type `variant`: `{ tag, val }`, without `val` for a case that has no payload. */
export function variant(
  cases: readonly { readonly name: string; readonly shape: Shape | undefined }[],
): Shape {
  const indexOf = new Map<unknown, number>(cases.map(({ name }, index) => [name, index]));
  return sum(
    "variant",
    cases.map(({ shape }) => shape),
    (index, val) => {
      const { name, shape } = cases[index]!;
      return shape === undefined ? { tag: name } : { tag: name, val };
    },
    (cx, value) => {
      const { tag, val } = tagged("variant", value);
      cx.payload = val;
      return indexOf.get(tag) ?? wrongType("variant", tag);
    },
  );
}

/** The type `enum`: the case's label. */
export function enumeration(labels: readonly string[]): Shape {
  const indexOf = new Map<unknown, number>(labels.map((label, index) => [label, index]));
  return sum(
    "enum",
    labels.map(() => undefined),
    (index) => labels[index],
    (_, value) => indexOf.get(value) ?? wrongType("enum", value),
  );
}

/** The type `option`: the value or undefined; `{ tag, val }` for an option in an option, where that could be either. */
export function option(shape: Shape): Shape {
  if (shape.kind === "option") {
    return sum(
      "option",
      [undefined, shape],
      (index, val) => (index === 0 ? { tag: "none" } : { tag: "some", val }),
      (cx, value) => {
        const { tag, val } = tagged("option", value);
        cx.payload = val;
        return tag === "some" ? 1 : tag === "none" ? 0 : wrongType("option", value);
      },
    );
  }
  return sum(
    "option",
    [undefined, shape],
    (index, val) => (index === 0 ? undefined : val),
    (cx, value) => {
      cx.payload = value;
      return value === undefined || value === null ? 0 : 1;
    },
  );
}

/** The type `result`: `{ tag: "ok" | "err", val }`. A function's own result is returned or thrown instead. */
export function result(ok: Shape | undefined, error: Shape | undefined): Shape {
  return sum(
    "result",
    [ok, error],
    (index, val) => ({ tag: index === 0 ? "ok" : "err", val }),
    (cx, value) => {
      const { tag, val } = tagged("result", value);
      cx.payload = val;
      return tag === "ok" ? 0 : tag === "err" ? 1 : wrongType("result", value);
    },
  );
}
