/** Lists: CanonicalABI.md, `load_list_from_range` and `store_list_into_range`. */

import type { CallContext } from "../call-context.ts";
import { pointerAndLength } from "./elsewhere.ts";
import { numbers } from "./number.ts";
import { type Shape, wrongType } from "./shape.ts";

/** Element types whose lists are typed arrays in JavaScript. */
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

type TypedArray = InstanceType<(typeof arrays)[keyof typeof arrays]>;
interface TypedArrayClass {
  new (length: number): TypedArray;
  from(values: ArrayLike<unknown>): TypedArray;
  readonly name: string;
}

/** Up to here a loop is faster than what sets a copy up. */
const fewBytes = 32;
const fewNumbers = 8;

/** The type `list<element>`: a typed array for numbers, an array for everything else. Arrays are taken for both. */
export function list(element: Shape): Shape {
  const depth = element.depth + 1;
  if (Object.hasOwn(arrays, element.kind)) {
    const Typed = arrays[element.kind as keyof typeof arrays] as unknown as TypedArrayClass;
    return pointerAndLength(
      "list",
      depth,
      element === numbers.u8
        ? loadBytes
        : (cx, pointer, length) => loadNumbers(Typed, element, cx, pointer, length),
      (cx, value) => storeNumbers(Typed, element, cx, value),
    );
  }
  return pointerAndLength(
    "list",
    depth,
    (cx, pointer, length) => loadItems(element, cx, pointer, length),
    (cx, value) => storeItems(element, cx, value),
  );
}

function loadBytes(cx: CallContext, pointer: number, length: number): Uint8Array {
  cx.charge(pointer, length, 1);
  const { bytes } = cx;
  if (length > fewBytes) return bytes.slice(pointer, pointer + length);
  const copy = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) copy[index] = bytes[pointer + index]!;
  return copy;
}

function loadNumbers(
  Typed: TypedArrayClass,
  { size, align, load }: Shape,
  cx: CallContext,
  pointer: number,
  length: number,
): TypedArray {
  cx.charge(pointer, length * size, align);
  const items = new Typed(length);
  if (length <= fewNumbers) {
    for (let index = 0; index < length; index += 1) items[index] = load(cx, pointer + index * size) as number;
    return items;
  }
  // Linear memory is little-endian, and so is every engine that this runs on.
  new Uint8Array(items.buffer).set(cx.bytes.subarray(pointer, pointer + length * size));
  return items;
}

function storeNumbers(Typed: TypedArrayClass, element: Shape, cx: CallContext, value: unknown): number {
  const items =
    value instanceof (Typed as unknown as typeof Uint8Array) ? value : typedArray(Typed, element, value);
  const pointer = cx.allocate(element.align, items.byteLength);
  if (items.byteLength > 0) {
    cx.bytes.set(new Uint8Array(items.buffer, items.byteOffset, items.byteLength), pointer);
  }
  cx.storedLength = items.length;
  return pointer;
}

/** An array of numbers, each checked as it would be by itself. */
function typedArray(Typed: TypedArrayClass, element: Shape, value: unknown): TypedArray {
  if (!Array.isArray(value)) wrongType(`list<${element.kind}>`, value);
  // A shape that is one core value looks at neither context nor place when it lowers.
  const probe: (number | bigint)[] = [];
  for (const item of value) element.lower(undefined as never, item, probe, 0);
  return Typed.from(value);
}

function loadItems(element: Shape, cx: CallContext, pointer: number, length: number): unknown[] {
  const { size, weight } = element;
  cx.charge(pointer, length * size, element.align);
  cx.spend(length * weight);
  const items = new Array<unknown>(length);
  for (let index = 0; index < length; index += 1) items[index] = element.load(cx, pointer + index * size);
  return items;
}

function storeItems(element: Shape, cx: CallContext, value: unknown): number {
  if (!Array.isArray(value)) wrongType("list", value);
  const { length } = value;
  const pointer = cx.allocate(element.align, length * element.size);
  for (let index = 0; index < length; index += 1)
    element.store(cx, pointer + index * element.size, value[index]);
  cx.storedLength = length;
  return pointer;
}
