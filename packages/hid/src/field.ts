/** What a report descriptor describes: collections, reports, and the fields of reports. Source: HID 1.11, 6.2.2. */

/** The three kinds of report (6.2.2.4). */
export type ReportType = "input" | "output" | "feature";

/** The types of a collection by their number (6.2.2.6); 0x80 to 0xFF are for vendors. */
export const CollectionType = {
  PHYSICAL: 0x00,
  APPLICATION: 0x01,
  LOGICAL: 0x02,
  REPORT: 0x03,
  NAMED_ARRAY: 0x04,
  USAGE_SWITCH: 0x05,
  USAGE_MODIFIER: 0x06,
} as const;

/** Usages that follow each other on one usage page. */
export interface UsageRange {
  /** The first usage, as 32 bits: page << 16 | id. */
  readonly first: number;
  /** The last usage, on the same page and not below `first`. */
  readonly last: number;
  /** How many usages of the same list lie before this range. */
  readonly position: number;
  /** Other meanings of the same controls, in order of preference (6.2.2.8, Delimiter); mostly none. */
  readonly alternates: readonly AlternateUsages[];
}

/** Alternate meanings for the controls of a range: its n-th control may also be used as first + n, up to last. */
export interface AlternateUsages {
  /** The first usage, as 32 bits: page << 16 | id. */
  readonly first: number;
  /** The last usage, on the same page. */
  readonly last: number;
}

/** Indexes that follow each other, of physical designators or of string descriptors (6.2.2.8). */
export interface IndexRange {
  readonly first: number;
  readonly last: number;
}

/** A collection (6.2.2.6). */
export interface Collection {
  /** See `CollectionType`; 0 to 255. */
  readonly type: number;
  /** What it is, as 32 bits: page << 16 | id; id 0 where the descriptor does not say. */
  readonly usage: number;
  /** Other meanings of the whole collection, in order of preference. */
  readonly alternates: readonly AlternateUsages[];
  /** The string descriptors that describe it; mostly none. */
  readonly strings: readonly IndexRange[];
  /** The collection that it is in; `undefined` at the top. */
  readonly parent: Collection | undefined;
  /** The collections directly in it. */
  readonly children: readonly Collection[];
  /** The fields directly in it, of all reports. */
  readonly fields: readonly Field[];
}

/** One Input, Output or Feature item: `count` controls of the same kind, side by side (6.2.2.5). */
export interface Field {
  /** The report that it is a part of. */
  readonly report: Report;
  /** The innermost collection that it is in; `undefined` outside of all, which is an error that devices do make. */
  readonly collection: Collection | undefined;
  /**
   * Of "variable" fields each control has a usage of its own. Of "array" fields each control holds the number of a
   * usage: logicalMinimum stands for the first one.
   */
  readonly kind: "variable" | "array";
  /** Where it starts, in bits after the report id byte. */
  readonly bitOffset: number;
  /** Bits of one control, at least 1. */
  readonly bitSize: number;
  /** How many controls, at least 1. */
  readonly count: number;
  /** The usages in the order of the descriptor; empty for padding. */
  readonly usages: readonly UsageRange[];
  /** How many usages `usages` holds. */
  readonly usageCount: number;
  /** The smallest valid value. Below zero: the values of this field are signed. */
  readonly logicalMinimum: number;
  /** The largest valid value; below the minimum in descriptors that have forgotten it. */
  readonly logicalMaximum: number;
  /** What the logical minimum is in `unit`s, before `unitExponent`. */
  readonly physicalMinimum: number;
  /** What the logical maximum is in `unit`s, before `unitExponent`. */
  readonly physicalMaximum: number;
  /** The power of ten of the unit, -8 to 7, or what the device gives outside of the specification's range. */
  readonly unitExponent: number;
  /** The unit's code (6.2.2.7); 0 for none. See `decodeUnit`. */
  readonly unit: number;
  /** Only the device writes it: padding, mostly. */
  readonly isConstant: boolean;
  /** Values are changes since the last report, not states. */
  readonly isRelative: boolean;
  /** Values start over after the last one: a dial. */
  readonly wraps: boolean;
  /** The physical value does not follow from the logical one by a straight line. */
  readonly isNonLinear: boolean;
  /** Has a state that it returns to when the user lets go. */
  readonly hasPreferredState: boolean;
  /** A value outside of the logical range means "no value": a hat switch that is not pressed. */
  readonly hasNullState: boolean;
  /** The device may change it by itself (output and feature). */
  readonly isVolatile: boolean;
  /** A stream of bytes rather than a number. */
  readonly isBufferedBytes: boolean;
  /** Indexes into the physical descriptor; mostly none. */
  readonly designators: readonly IndexRange[];
  /** Indexes of string descriptors; mostly none. */
  readonly strings: readonly IndexRange[];
}

/** One report of a device. */
export interface Report {
  readonly type: ReportType;
  /** 1 to 255; `undefined` where it has none and so no id byte. */
  readonly id: number | undefined;
  /** Bits without the id byte. */
  readonly bitLength: number;
  /** Bytes without the id byte. */
  readonly byteLength: number;
  /** Bytes of a transfer, with the id byte. */
  readonly transferLength: number;
  /** In the order of their bits. Fields without bits are left out. */
  readonly fields: readonly Field[];
}

/** Makes the 32-bit form of a usage. */
export function usageOf(page: number, id: number): number {
  return page * 0x1_0000 + id;
}

/** The page of a 32-bit usage, 0 to 0xFFFF. */
export function usagePage(usage: number): number {
  return usage >>> 16;
}

/** The id of a 32-bit usage on its page, 0 to 0xFFFF. */
export function usageId(usage: number): number {
  return usage & 0xffff;
}

/** The n-th usage of a field's list; `undefined` where it has fewer. */
export function nthUsage({ usages, usageCount }: Field, index: number): number | undefined {
  if (index < 0 || index >= usageCount) return undefined;
  const range = usages[rangeAt(usages, index)]!;
  return range.first + (index - range.position);
}

/** The usage of a variable field's control. The last usage goes for all controls that remain (6.2.2.8). */
export function usageOfControl(field: Field, index: number): number | undefined {
  return nthUsage(field, Math.min(index, field.usageCount - 1));
}

/** What keyboards that fill their slots with ones mean by it: no key. The usage is reserved (Usage Tables, 10). */
const NO_KEY = 0x0007_00ff;

/** The usage that a value of an array field stands for; `undefined` where it stands for none (6.2.2.5). */
export function findUsageOfArray(field: Field, value: number): number | undefined {
  if (value > field.logicalMaximum) return undefined;
  const usage = nthUsage(field, value - field.logicalMinimum);
  return usage === NO_KEY ? undefined : usage;
}

/** All meanings of a variable field's control, the preferred one first. */
export function usagesOfControl(field: Field, index: number): number[] {
  const usage = usageOfControl(field, index);
  if (usage === undefined) return [];
  const { first, alternates } = field.usages[rangeAt(field.usages, Math.min(index, field.usageCount - 1))]!;
  const offset = usage - first;
  const others = alternates.filter((alternate) => alternate.first + offset <= alternate.last);
  return [usage, ...others.map((alternate) => alternate.first + offset)];
}

/** Where a usage is in a field's list, as a preferred or as an alternate one; `undefined` where it is not. */
export function positionOfUsage({ usages }: Field, usage: number): number | undefined {
  for (const { first, last, position, alternates } of usages) {
    for (const range of [{ first, last }, ...alternates]) {
      // An alternate range can be longer than the list of controls that it names.
      const offset = usage - range.first;
      if (usage >= range.first && usage <= range.last && first + offset <= last) return position + offset;
    }
  }
  return undefined;
}

/** Whether a field has a control whose preferred usage is this. */
export function hasUsage({ usages }: Field, usage: number): boolean {
  return usages.some(({ first, last }) => usage >= first && usage <= last);
}

/** A variable or array field that carries values: not constant, and with a usage. */
export function carriesData(field: Field): boolean {
  return !field.isConstant && field.usageCount > 0;
}

/** The range with the index-th usage, by bisection: lists can be long, and so can fields. */
function rangeAt(usages: readonly UsageRange[], index: number): number {
  let low = 0;
  let high = usages.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (usages[middle]!.position <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}
