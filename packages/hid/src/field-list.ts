/** The fields of a report descriptor as the WIT interface busbar:device/hid lists them: flat, with indexes. */

import { MAX_BITS } from "./bits.ts";
import type { Collection, Field, ReportType } from "./field.ts";
import type { ReportDescriptor } from "./report-descriptor.ts";

/** WIT `field-flags`. */
export interface FieldFlags {
  readonly constant: boolean;
  readonly variable: boolean;
  readonly relative: boolean;
  readonly wrap: boolean;
  readonly nonlinear: boolean;
  readonly noPreferred: boolean;
  readonly nullState: boolean;
  readonly volatile: boolean;
  readonly bufferedBytes: boolean;
}

/** WIT `field`. */
export interface ListedField {
  readonly kind: ReportType;
  /** 0 where the device has no report ids. */
  readonly reportId: number;
  readonly bitOffset: number;
  readonly bitSize: number;
  readonly count: number;
  readonly flags: FieldFlags;
  readonly usages: { readonly minimum: number; readonly maximum: number }[];
  readonly logicalMinimum: number;
  readonly logicalMaximum: number;
  readonly physicalMinimum: number;
  readonly physicalMaximum: number;
  readonly unit: number;
  readonly unitExponent: number;
  /** Index of its collection; `undefined` where the descriptor has it outside of all. */
  readonly collection: number | undefined;
}

/** A report descriptor as lists. */
export interface ListedFields {
  /** Outer ones before those in them. */
  readonly collections: readonly Collection[];
  /** Fields with more than 32 bits a value have no place in the list. */
  readonly fields: readonly ListedField[];
  /** The same, as they were parsed. */
  readonly originals: readonly Field[];
  /**
   * The index of a field. A field of another descriptor, the boot protocol's, has that of the first field with the same
   * usage.
   */
  indexOf(field: Field, usage: number | undefined): number | undefined;
}

/** Lists collections and fields. */
export function listFields({ collections: top, fields }: ReportDescriptor): ListedFields {
  const collections = top.flatMap(withChildren);
  const indexOfCollection = new Map<Collection | undefined, number>(
    collections.map((each, index) => [each, index]),
  );
  const originals = fields.filter(({ bitSize }) => bitSize <= MAX_BITS);
  const indexes = new Map(originals.map((field, index) => [field, index]));

  return {
    collections,
    fields: originals.map((field) => listedField(field, indexOfCollection.get(field.collection))),
    originals,
    indexOf(field, usage) {
      const index = indexes.get(field);
      if (index !== undefined || usage === undefined) return index;
      const position = originals.findIndex(
        ({ usages, report }) =>
          report.type === field.report.type &&
          usages.some(({ first, last }) => usage >= first && usage <= last),
      );
      return position === -1 ? undefined : position;
    },
  };
}

/** Depth is bounded by the parser. */
function withChildren(collection: Collection): Collection[] {
  return [collection, ...collection.children.flatMap(withChildren)];
}

function listedField(field: Field, collection: number | undefined): ListedField {
  const { report, bitOffset, bitSize, count, unit, unitExponent } = field;
  const { logicalMinimum, logicalMaximum, physicalMinimum, physicalMaximum } = field;
  return {
    kind: report.type,
    reportId: report.id ?? 0,
    bitOffset,
    bitSize,
    count,
    flags: {
      constant: field.isConstant,
      variable: field.kind === "variable",
      relative: field.isRelative,
      wrap: field.wraps,
      nonlinear: field.isNonLinear,
      noPreferred: !field.hasPreferredState,
      nullState: field.hasNullState,
      volatile: field.isVolatile,
      bufferedBytes: field.isBufferedBytes,
    },
    usages: field.usages.map(({ first, last }) => ({ minimum: first, maximum: last })),
    logicalMinimum,
    logicalMaximum,
    physicalMinimum,
    physicalMaximum,
    unit,
    // The WIT type is an s8; devices that give more than a nibble can say anything.
    unitExponent: Math.max(-128, Math.min(127, unitExponent)),
    collection,
  };
}
