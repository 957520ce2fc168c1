/** From the bytes of a report to usages and values, without I/O. Source: HID 1.11, sections 5.6, 5.8, 6.2.2.5 and 8. */

import { MAX_BITS, readBits } from "./bits.ts";
import { HidError } from "./errors.ts";
import {
  carriesData,
  type Field,
  findUsageOfArray,
  type Report,
  type ReportType,
  usageOfControl,
} from "./field.ts";
import { findReport, type ReportDescriptor, usesIds } from "./report-descriptor.ts";

/** What one control says. */
export interface DecodedValue {
  /** Its field. */
  readonly field: Field;
  /** Which control of the field, 0 to count - 1. */
  readonly index: number;
  /**
   * Of a variable field, what the control is. Of an array field, which usage is active: `undefined` where the value
   * names none. 32 bits: page << 16 | id.
   */
  readonly usage: number | undefined;
  /** As the device sent it, signed where the logical minimum is below zero. Of an array field, a usage's number. */
  readonly value: number;
  /**
   * Whether the value is in the logical range. Outside of it a field with `hasNullState` says "no value"; of another
   * field, and of an array, it is to be ignored (5.10, 6.2.2.5). A variable field that forgot its range has every value.
   */
  readonly inRange: boolean;
}

/** A control of more than 32 bits: no number (8.4), but bytes that vendors send in this way. */
export interface WideValue {
  readonly field: Field;
  /** Which control of the field, 0 to count - 1. */
  readonly index: number;
  /** As in `DecodedValue` of a variable field; `undefined` in an array. */
  readonly usage: number | undefined;
  /** Its bits from the lowest on; what is left of the last byte is 0. */
  readonly bytes: Uint8Array;
}

/** A decoded report. */
export interface DecodedReport {
  /** Which report it is. */
  readonly report: Report;
  /** One entry a control, in the order of the report. Padding and other constants are left out. */
  readonly values: readonly DecodedValue[];
  /** Controls of more than 32 bits; mostly none. */
  readonly wide: readonly WideValue[];
}

/** Controls that a short report lacks are 0, up to so many: a descriptor can claim half a million of them in ten bytes. */
const MOST_MISSING = 12288;

/** Which report a transfer is; `undefined` where the descriptor does not have it, or the transfer is empty. */
export function reportOf(
  descriptor: ReportDescriptor,
  type: ReportType,
  bytes: Uint8Array,
): Report | undefined {
  if (!usesIds(descriptor, type)) return findReport(descriptor, type, undefined);
  const [id] = bytes;
  // A report without an id, in a descriptor that has others with one, has the id 0 on the wire.
  return id === undefined ? undefined : findReport(descriptor, type, id === 0 ? undefined : id);
}

/**
 * Decodes a report as it comes from the device.
 *
 * @param bytes with the id byte where reports of this type have ids. Bytes after the report's end are passed over,
 *   because some devices send all reports in the length of the longest one; bytes that are missing are 0, because others
 *   leave the last ones out, as Linux has it.
 * @throws HidError `report-id` for an id that the descriptor does not have, `report-length` when there is no byte at all
 */
export function decodeReport(
  descriptor: ReportDescriptor,
  type: ReportType,
  bytes: Uint8Array,
): DecodedReport {
  const report = reportOf(descriptor, type, bytes);
  if (report === undefined || (bytes.length === 0 && report.transferLength > 0)) {
    if (bytes.length === 0) throw new HidError("report-length", `The ${type} report is empty`);
    const which = usesIds(descriptor, type)
      ? `no ${type} report with the id ${bytes[0]}`
      : `no ${type} report`;
    throw new HidError("report-id", `The device's descriptor has ${which}`);
  }
  return decodeFields(report, bytes.subarray(report.transferLength - report.byteLength));
}

/**
 * Decodes the fields of a report.
 *
 * @param given without the id byte; what is missing of it is 0
 */
export function decodeFields(report: Report, given: Uint8Array): DecodedReport {
  const data = given.length < report.byteLength ? filledUp(given, report.byteLength) : given;
  const lastBit = 8 * given.length;
  const values: DecodedValue[] = [];
  const wide: WideValue[] = [];
  for (const field of report.fields) {
    if (!carriesData(field)) continue;
    for (let index = 0; index < field.count; index++) {
      const isMissing = field.bitOffset + index * field.bitSize >= lastBit;
      if (isMissing && values.length + wide.length >= MOST_MISSING) return { report, values, wide };
      if (field.bitSize > MAX_BITS) wide.push(readWide(field, index, data));
      else values.push(readControl(field, index, data));
    }
  }
  return { report, values, wide };
}

/**
 * What a value means in the field's unit: 6.2.2.7, Resolution, solved for the physical value.
 *
 * @returns `undefined` where the value is out of range, or the field has no range to convert with
 */
export function physicalValue(field: Field, value: number): number | undefined {
  const { logicalMinimum, logicalMaximum, physicalMinimum, physicalMaximum, unitExponent } = field;
  if (value < logicalMinimum || value > logicalMaximum || logicalMaximum <= logicalMinimum) return undefined;
  const share = (value - logicalMinimum) / (logicalMaximum - logicalMinimum);
  return (physicalMinimum + share * (physicalMaximum - physicalMinimum)) * 10 ** unitExponent;
}

function readControl(field: Field, index: number, data: Uint8Array): DecodedValue {
  const { bitOffset, bitSize, logicalMinimum, logicalMaximum } = field;
  const value = readBits(data, bitOffset + index * bitSize, bitSize, logicalMinimum < 0);
  // Linux takes any value of devices that do not say what their range is.
  const hasNoRange = field.kind === "variable" && logicalMaximum <= logicalMinimum;
  const inRange = hasNoRange || (value >= logicalMinimum && value <= logicalMaximum);
  const usage = field.kind === "variable" ? usageOfControl(field, index) : findUsageOfArray(field, value);
  return { field, index, usage, value, inRange };
}

function filledUp(data: Uint8Array, length: number): Uint8Array {
  const whole = new Uint8Array(length);
  whole.set(data);
  return whole;
}

function readWide(field: Field, index: number, data: Uint8Array): WideValue {
  const start = field.bitOffset + index * field.bitSize;
  const bytes = new Uint8Array(Math.ceil(field.bitSize / 8));
  for (let done = 0; done < field.bitSize; done += 8) {
    bytes[done / 8] = readBits(data, start + done, Math.min(8, field.bitSize - done), false);
  }
  return { field, index, usage: field.kind === "variable" ? usageOfControl(field, index) : undefined, bytes };
}
