/**
 * From the bytes of a report descriptor to collections, reports and fields, without I/O. Source: Device Class
 * Definition for Human Interface Devices (HID), version 1.11, sections 5 and 6.2.2.
 *
 * Descriptors of real devices have mistakes. Where the meaning stays clear they are passed over and listed in
 * `problems`; where it does not, HidError says which rule is broken and where. What is allocated depends on the length
 * of the descriptor alone: counts and sizes that it claims are only ever numbers.
 */

import { HidError } from "./errors.ts";
import type { Collection, Field, Report, ReportType } from "./field.ts";
import {
  applyGlobalItem,
  type GlobalState,
  initialGlobalState,
  physicalRangeOf,
  rangeOf,
} from "./global-state.ts";
import { GlobalTag, type Item, ItemType, itemsOf, MainTag, type ShortItem } from "./item.ts";
import { LocalState } from "./local-state.ts";

/** A mistake that does not keep the descriptor from being used. */
export interface DescriptorProblem {
  /** Where, in bytes from the start of the descriptor. */
  readonly offset: number;
  /** What: "Input outside of any collection". */
  readonly message: string;
}

/** A parsed report descriptor. */
export interface ReportDescriptor {
  /** The collections at the top, in the order of the descriptor; each is a device of its own to an app. */
  readonly collections: readonly Collection[];
  /** All reports in the order of their first field. */
  readonly reports: readonly Report[];
  /** The fields of all reports in the order of the descriptor. */
  readonly fields: readonly Field[];
  /** Whether any report has an id; see `usesIds` for those of one type. */
  readonly usesReportIds: boolean;
  /** False where a collection is not closed, or the last item is cut off: the descriptor may be cut off, though some devices' always are so. */
  readonly isComplete: boolean;
  /** Mistakes, the first 32. */
  readonly problems: readonly DescriptorProblem[];
}

/** A control transfer moves no more: wLength has 16 bits. It bounds descriptors and, with their ids, reports. */
const MAX_TRANSFER_LENGTH = 0xffff;
/** Nobody nests more than a handful; this is there to stop garbage. */
const MAX_COLLECTION_DEPTH = 256;
/** As above, for Push. */
const MAX_STACK_DEPTH = 256;
const MAX_PROBLEMS = 32;

const reportTypes: ReadonlyMap<number, ReportType> = new Map([
  [MainTag.INPUT, "input"],
  [MainTag.OUTPUT, "output"],
  [MainTag.FEATURE, "feature"],
]);

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };
type OpenReport = Mutable<Report> & { readonly fields: Field[] };
type OpenCollection = Collection & { readonly children: Collection[]; readonly fields: Field[] };

/**
 * Parses a report descriptor.
 *
 * @throws HidError `descriptor-length`, `truncated-item`, `unbalanced-collection`, `unbalanced-stack`, `report-id`: where
 *   it cannot be told any more what stands where
 */
export function parseReportDescriptor(descriptor: Uint8Array): ReportDescriptor {
  if (descriptor.length > MAX_TRANSFER_LENGTH) {
    throw new HidError(
      "descriptor-length",
      `A report descriptor of ${descriptor.length} bytes cannot be transferred`,
    );
  }
  const parser = new Parser();
  for (const item of itemsOf(descriptor)) parser.apply(item);
  return parser.finish();
}

/** Whether reports of a type start with a byte that has their id: where one of them has an id, as Linux tells it. */
export function usesIds({ reports }: ReportDescriptor, type: ReportType): boolean {
  return reports.some((report) => report.type === type && report.id !== undefined);
}

/** The report with an id; `undefined` where the descriptor has none. */
export function findReport(
  { reports }: ReportDescriptor,
  type: ReportType,
  id: number | undefined,
): Report | undefined {
  return reports.find((report) => report.type === type && report.id === id);
}

/** Bytes of the longest transfer of a type, with the id byte: what to ask the device for. 0 where it has none. */
export function longestTransfer({ reports }: ReportDescriptor, type: ReportType): number {
  return Math.max(
    0,
    ...reports.filter((report) => report.type === type).map((report) => report.transferLength),
  );
}

class Parser {
  #global: GlobalState = initialGlobalState();
  readonly #stack: GlobalState[] = [];
  readonly #local = new LocalState((offset, message) => this.#problem(offset, message));
  readonly #collections: OpenCollection[] = [];
  readonly #open: { readonly collection: OpenCollection; readonly offset: number }[] = [];
  readonly #reports = new Map<string, OpenReport>();
  readonly #fields: Field[] = [];
  readonly #problems: DescriptorProblem[] = [];
  /** Reports that a field did not fit into: what comes after it is not where the device puts it. */
  readonly #full = new Set<OpenReport>();
  #isCutOff = false;

  apply(item: Item): void {
    if (item.kind === "cut-off") {
      this.#isCutOff = true;
      this.#problem(item.offset, "item that is cut off");
    } else if (item.kind === "long") this.#problem(item.offset, `long item with the tag ${item.tag}`);
    else if (item.type === ItemType.MAIN) this.#main(item);
    else if (item.type === ItemType.GLOBAL) this.#globalItem(item);
    else if (item.type === ItemType.LOCAL) this.#local.apply(item, this.#global.usagePage);
    else this.#problem(item.offset, "item of the reserved type");
  }

  finish(): ReportDescriptor {
    this.#local.take(0);
    for (const { offset } of this.#open) this.#problem(offset, "collection that is not closed");
    const reports = [...this.#reports.values()];
    const usesReportIds = reports.some(({ id }) => id !== undefined);
    if (usesReportIds && reports.some(({ id }) => id === undefined)) {
      this.#problem(0, "some reports have no id, though others have");
    }
    this.#makeRoomForIds();
    return {
      collections: this.#collections,
      reports,
      fields: this.#fields,
      usesReportIds,
      isComplete: this.#open.length === 0 && !this.#isCutOff,
      problems: this.#problems,
    };
  }

  /** A report without an id among others of its type that have one: its first byte is 0. */
  #makeRoomForIds(): void {
    const reports = [...this.#reports.values()];
    for (const report of reports) {
      const isNumbered = reports.some(({ type, id }) => type === report.type && id !== undefined);
      if (isNumbered && report.id === undefined) report.transferLength = report.byteLength + 1;
    }
  }

  #main(item: ShortItem): void {
    const type = reportTypes.get(item.tag);
    if (type !== undefined) this.#field(type, item);
    else if (item.tag === MainTag.COLLECTION) this.#openCollection(item);
    else if (item.tag === MainTag.END_COLLECTION) this.#endCollection(item);
    // Zeros are what descriptors of a fixed length are filled up with.
    else this.#problem(item.offset, `main item with the reserved tag ${item.tag}`);
  }

  #openCollection({ offset, unsigned }: ShortItem): void {
    if (this.#open.length >= MAX_COLLECTION_DEPTH) {
      throw new HidError(
        "unbalanced-collection",
        `More than ${MAX_COLLECTION_DEPTH} collections inside each other`,
        offset,
      );
    }
    if (unsigned > 0xff) this.#problem(offset, `collection of the reserved type ${unsigned}`);
    const { usages, strings } = this.#local.take(this.#global.usagePage);
    const [usage] = usages;
    const parent = this.#open.at(-1)?.collection;
    const collection: OpenCollection = {
      type: unsigned % 0x100,
      usage: usage?.first ?? this.#global.usagePage * 0x1_0000,
      alternates: usage?.alternates ?? [],
      strings,
      parent,
      children: [],
      fields: [],
    };
    (parent?.children ?? this.#collections).push(collection);
    this.#open.push({ collection, offset });
  }

  #endCollection({ offset }: ShortItem): void {
    this.#local.take(this.#global.usagePage);
    if (this.#open.pop() === undefined) {
      throw new HidError("unbalanced-collection", "A collection ends that was not begun", offset);
    }
  }

  #globalItem(item: ShortItem): void {
    const { tag, offset, unsigned } = item;
    if (tag === GlobalTag.PUSH) {
      if (this.#stack.length >= MAX_STACK_DEPTH) {
        throw new HidError("unbalanced-stack", `More than ${MAX_STACK_DEPTH} Push without a Pop`, offset);
      }
      this.#stack.push({ ...this.#global });
    } else if (tag === GlobalTag.POP) {
      const state = this.#stack.pop();
      if (state === undefined) throw new HidError("unbalanced-stack", "Pop without a Push before it", offset);
      this.#global = state;
    } else if (tag === GlobalTag.REPORT_ID) {
      if (unsigned < 1 || unsigned > 0xff) {
        throw new HidError("report-id", `The report id is ${unsigned}, but must be 1 to 255`, offset);
      }
      this.#global.reportId = unsigned;
    } else if (!applyGlobalItem(this.#global, item)) {
      this.#problem(offset, `global item with the reserved tag ${tag}`);
    }
  }

  #field(type: ReportType, { offset, unsigned: flags }: ShortItem): void {
    const state = this.#global;
    const local = this.#local.take(state.usagePage);
    const report = this.#report(type, state.reportId);
    const bitOffset = report.bitLength;
    if (!this.#extend(report, state.reportSize * state.reportCount, offset)) return;
    if (state.reportSize === 0 || state.reportCount === 0) {
      this.#problem(offset, `${type} field without bits`);
      return;
    }

    const collection = this.#open.at(-1)?.collection;
    if (collection === undefined) this.#problem(offset, `${type} field outside of any collection`);
    const logical = rangeOf(state.logicalMinimum, state.logicalMaximum);
    const [physicalMinimum, physicalMaximum] = physicalRangeOf(state, logical);
    const bit = (position: number) => ((flags >>> position) & 1) === 1;
    const field: Field = {
      report,
      collection,
      kind: bit(1) ? "variable" : "array",
      bitOffset,
      bitSize: state.reportSize,
      count: state.reportCount,
      usages: local.usages,
      usageCount: local.usageCount,
      logicalMinimum: logical[0],
      logicalMaximum: logical[1],
      physicalMinimum,
      physicalMaximum,
      unitExponent: state.unitExponent,
      unit: state.unit,
      isConstant: bit(0),
      isRelative: bit(2),
      wraps: bit(3),
      isNonLinear: bit(4),
      hasPreferredState: !bit(5),
      hasNullState: bit(6),
      isVolatile: type !== "input" && bit(7),
      isBufferedBytes: bit(8),
      designators: local.designators,
      strings: local.strings,
    };
    if (!field.isConstant && logical[0] > logical[1]) {
      this.#problem(offset, "logical maximum below the logical minimum");
    }
    this.#fields.push(field);
    report.fields.push(field);
    (collection as OpenCollection | undefined)?.fields.push(field);
  }

  #report(type: ReportType, id: number | undefined): OpenReport {
    const key = `${type} ${id}`;
    let report = this.#reports.get(key);
    if (report === undefined) {
      report = { type, id, bitLength: 0, byteLength: 0, transferLength: 0, fields: [] };
      this.#reports.set(key, report);
      this.#extend(report, 0, 0);
    }
    return report;
  }

  /** @returns false for a field that no transfer can reach: it is left out, and with it what comes after it */
  #extend(report: OpenReport, bits: number, offset: number): boolean {
    const idLength = report.id === undefined ? 0 : 1;
    const bitLength = report.bitLength + bits;
    const byteLength = Math.ceil(bitLength / 8);
    if (this.#full.has(report) || idLength + byteLength > MAX_TRANSFER_LENGTH) {
      this.#full.add(report);
      this.#problem(offset, `${report.type} field beyond the end of the longest transfer`);
      return false;
    }
    report.bitLength = bitLength;
    report.byteLength = byteLength;
    report.transferLength = idLength + byteLength;
    return true;
  }

  #problem(offset: number, message: string): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push({ offset, message });
  }
}
