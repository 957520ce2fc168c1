/** Components byte by byte: what no tool writes. */

import { Writer } from "../../src/component/writer.ts";

/** A section: its id, and its items; the one item of a core module (1) or component (4) is that. */
export type Section = readonly [id: number, ...items: (readonly number[])[]];

/** The magic number and the version of a component. */
export const preamble: readonly number[] = [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0];

/** An unsigned LEB128 number. */
export function u32(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...u32(value >>> 7)];
}

/** A reference to a type: signed, so that the last byte has room for a sign. */
export function typeIndex(value: number): number[] {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...typeIndex(value >>> 7)];
}

/** A name of ASCII. */
export const text = (value: string): number[] => [...u32(value.length), ...Buffer.from(value)];

/** The items of `count` indices. */
export const times = (count: number, item: (index: number) => readonly number[]) =>
  Array.from({ length: count }, (_, index) => item(index));

/** A component of these sections. */
export function binary(...sections: readonly Section[]): Uint8Array<ArrayBuffer> {
  const out = new Writer();
  out.bytes(preamble);
  for (const [id, ...items] of sections) {
    const count = id === 4 || id === 1 ? [] : u32(items.length);
    out.byte(id);
    out.u32(items.reduce((sum, item) => sum + item.length, count.length));
    out.bytes(count);
    for (const item of items) out.bytes(item);
  }
  return out.finish();
}
