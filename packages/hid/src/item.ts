/**
 * The items of a report descriptor. Source: Device Class Definition for Human Interface Devices (HID), version 1.11,
 * sections 6.2.2.2 (short items) and 6.2.2.3 (long items).
 */

import { HidError } from "./errors.ts";

/** bType of a short item (6.2.2.2). */
export const ItemType = { MAIN: 0, GLOBAL: 1, LOCAL: 2, RESERVED: 3 } as const;

/** bTag of main items (6.2.2.4). */
export const MainTag = {
  INPUT: 0x8,
  OUTPUT: 0x9,
  COLLECTION: 0xa,
  FEATURE: 0xb,
  END_COLLECTION: 0xc,
} as const;

/** bTag of global items (6.2.2.7). */
export const GlobalTag = {
  USAGE_PAGE: 0x0,
  LOGICAL_MINIMUM: 0x1,
  LOGICAL_MAXIMUM: 0x2,
  PHYSICAL_MINIMUM: 0x3,
  PHYSICAL_MAXIMUM: 0x4,
  UNIT_EXPONENT: 0x5,
  UNIT: 0x6,
  REPORT_SIZE: 0x7,
  REPORT_ID: 0x8,
  REPORT_COUNT: 0x9,
  PUSH: 0xa,
  POP: 0xb,
} as const;

/** bTag of local items (6.2.2.8). */
export const LocalTag = {
  USAGE: 0x0,
  USAGE_MINIMUM: 0x1,
  USAGE_MAXIMUM: 0x2,
  DESIGNATOR_INDEX: 0x3,
  DESIGNATOR_MINIMUM: 0x4,
  DESIGNATOR_MAXIMUM: 0x5,
  STRING_INDEX: 0x7,
  STRING_MINIMUM: 0x8,
  STRING_MAXIMUM: 0x9,
  DELIMITER: 0xa,
} as const;

/** The prefix byte that announces a long item (6.2.2.3). */
const LONG_ITEM_PREFIX = 0xfe;

/** A short item (6.2.2.2). */
export interface ShortItem {
  readonly kind: "short";
  /** Where its prefix is, in bytes from the start of the descriptor. */
  readonly offset: number;
  /** bType, 0 to 3. */
  readonly type: number;
  /** bTag, 0 to 15. */
  readonly tag: number;
  /** Bytes of data: 0, 1, 2 or 4. */
  readonly size: number;
  /** The data as an unsigned number; 0 when there is none (6.2.2.4: an item without data has the value zero). */
  readonly unsigned: number;
}

/** A long item (6.2.2.3). No tag of the specification uses it; 0xF0 to 0xFF are for vendors. */
export interface LongItem {
  readonly kind: "long";
  /** Where its prefix is, in bytes from the start of the descriptor. */
  readonly offset: number;
  /** bLongItemTag, 0 to 255. */
  readonly tag: number;
  /** bDataSize bytes, 0 to 255; a view of the descriptor. */
  readonly data: Uint8Array;
}

/** What is left of a short item that the descriptor breaks off in; nothing follows it. */
export interface CutOffItem {
  readonly kind: "cut-off";
  /** Where its prefix is, in bytes from the start of the descriptor. */
  readonly offset: number;
}

/** One item of a report descriptor. */
export type Item = ShortItem | LongItem | CutOffItem;

/** The data of an item as a signed number: two's complement in as many bytes as the item has. */
export function signedData({ unsigned, size }: Pick<ShortItem, "unsigned" | "size">): number {
  if (size === 0) return 0;
  const sign = 2 ** (8 * size - 1);
  return unsigned < sign ? unsigned : unsigned - 2 * sign;
}

/**
 * The items of a report descriptor, one after the other.
 *
 * @throws HidError `truncated-item` where the bytes end inside a long item, which no device is known to have: its length
 *   is as likely garbage
 */
export function* itemsOf(descriptor: Uint8Array): Generator<Item, void, undefined> {
  let offset = 0;
  while (offset < descriptor.length) {
    const item =
      descriptor[offset] === LONG_ITEM_PREFIX
        ? longItemAt(descriptor, offset)
        : shortItemAt(descriptor, offset);
    yield item;
    if (item.kind === "cut-off") return;
    offset += item.kind === "long" ? 3 + item.data.length : 1 + item.size;
  }
}

function shortItemAt(descriptor: Uint8Array, offset: number): ShortItem | CutOffItem {
  const prefix = descriptor[offset]!;
  // bSize 3 stands for four bytes.
  const size = (prefix & 0b11) === 3 ? 4 : prefix & 0b11;
  if (offset + 1 + size > descriptor.length) return { kind: "cut-off", offset };
  let unsigned = 0;
  for (let index = size; index > 0; index--) unsigned = unsigned * 0x100 + descriptor[offset + index]!;
  return { kind: "short", offset, type: (prefix >> 2) & 0b11, tag: prefix >> 4, size, unsigned };
}

function longItemAt(descriptor: Uint8Array, offset: number): LongItem {
  const [, bDataSize, bLongItemTag] = descriptor.subarray(offset, offset + 3);
  const left = descriptor.length - offset;
  if (bDataSize === undefined || bLongItemTag === undefined) throw truncated(offset, 3, left);
  if (left < 3 + bDataSize) throw truncated(offset, 3 + bDataSize, left);
  const data = descriptor.subarray(offset + 3, offset + 3 + bDataSize);
  return { kind: "long", offset, tag: bLongItemTag, data };
}

function truncated(offset: number, needed: number, left: number): HidError {
  return new HidError(
    "truncated-item",
    `An item has ${needed} bytes, but only ${left} are left: the descriptor is cut off`,
    offset,
  );
}
