/** From usages and values to the bytes of a report, without I/O. Source: HID 1.11, sections 5.8, 6.2.2.5 and 8. */

import { MAX_BITS, writeBits } from "./bits.ts";
import { HidError } from "./errors.ts";
import { carriesData, type Field, positionOfUsage, type Report } from "./field.ts";

/** A control and what it is to be set to. */
export interface UsageValue {
  /** 32 bits: page << 16 | id. */
  readonly usage: number;
  /** In the logical range of its field. In an array field: 0 for "not active", anything else for "active". */
  readonly value: number;
  /** Which field, for reports that have the usage in several; any field of the report where it is missing. */
  readonly field?: Field | undefined;
}

/**
 * Builds a report.
 *
 * A usage that several controls have is given several times: the first value goes to the first of these controls, and
 * so on. Controls that are not given are left at "no value" where their field has that, at 0 where that is in their
 * range, and else at their logical minimum.
 *
 * @returns a transfer, with the id byte where the report has one
 * @throws HidError `invalid-value` for a usage that the report does not have or has no more room for, and for a value
 *   that is no whole number or outside of the logical range
 */
export function buildReport(report: Report, values: Iterable<UsageValue>): Uint8Array {
  const bytes = new Uint8Array(report.transferLength);
  if (report.id !== undefined) bytes[0] = report.id;
  const data = bytes.subarray(report.transferLength - report.byteLength);
  const slots = report.fields
    .filter((field) => carriesData(field) && field.bitSize <= MAX_BITS)
    .map((field) => (field.kind === "variable" ? new VariableSlots(field) : new ArraySlots(field)));
  for (const { field } of slots) fill(field, data);

  for (const { usage, value, field } of values) {
    const candidates = field === undefined ? slots : slots.filter((each) => each.field === field);
    if (!candidates.some((each) => each.set(usage, value, data))) {
      throw new HidError(
        "invalid-value",
        `The ${report.type} report has no room for the usage ${hexUsage(usage)}`,
      );
    }
  }
  return bytes;
}

/** The controls of a variable field, each with a usage of its own. */
class VariableSlots {
  readonly field: Field;
  /** How many values each usage has got. */
  readonly #given = new Map<number, number>();

  constructor(field: Field) {
    this.field = field;
  }

  /** @returns false where the usage has no control left */
  set(usage: number, value: number, data: Uint8Array): boolean {
    const { count, usageCount } = this.field;
    const position = positionOfUsage(this.field, usage);
    if (position === undefined || position >= count) return false;
    // The last usage of the list goes for all controls that remain (6.2.2.8).
    const controls = position === usageCount - 1 ? count - position : 1;
    const given = this.#given.get(usage) ?? 0;
    if (given === controls) return false;
    this.#given.set(usage, given + 1);
    writeControl(this.field, position + given, value, data);
    return true;
  }
}

/** The slots of an array field, each for any usage that is active. */
class ArraySlots {
  readonly field: Field;
  #used = 0;

  constructor(field: Field) {
    this.field = field;
  }

  /** @returns false where the field does not have the usage, or has no slot left */
  set(usage: number, value: number, data: Uint8Array): boolean {
    const position = positionOfUsage(this.field, usage);
    if (position === undefined) return false;
    if (value === 0) return true;
    if (this.#used === this.field.count) return false;
    writeControl(this.field, this.#used, this.field.logicalMinimum + position, data);
    this.#used++;
    return true;
  }
}

/**
 * Sets one control of a report's data.
 *
 * @param index which control of the field, 0 to count - 1
 * @param value a whole number in the logical range. In an array field, logicalMinimum stands for the first usage.
 * @param data without the id byte
 * @throws HidError `invalid-value`
 */
export function writeControl(field: Field, index: number, value: number, data: Uint8Array): void {
  const { logicalMinimum, logicalMaximum, bitOffset, bitSize, count } = field;
  if (!(Number.isInteger(index) && index >= 0 && index < count)) {
    throw new HidError("invalid-value", `The field has the controls 0 to ${count - 1}, but no ${index}`);
  }
  if (!(Number.isInteger(value) && value >= logicalMinimum && value <= logicalMaximum)) {
    throw new HidError(
      "invalid-value",
      `The value is ${value}, but must be a whole number from ${logicalMinimum} to ${logicalMaximum}`,
    );
  }
  writeBits(data, bitOffset + index * bitSize, bitSize, value);
}

function fill(field: Field, data: Uint8Array): void {
  const { bitOffset, bitSize, count } = field;
  const value = idleValue(field);
  if (value === 0) return;
  for (let index = 0; index < count; index++) writeBits(data, bitOffset + index * bitSize, bitSize, value);
}

/** What a control holds that nobody sets. */
function idleValue(field: Field): number {
  const { logicalMinimum, logicalMaximum, bitSize, hasNullState, kind } = field;
  const zeroIsValid = logicalMinimum <= 0 && logicalMaximum >= 0;
  if (kind === "array") return zeroIsValid ? idleArrayValue(field) : 0;
  if (!hasNullState) return zeroIsValid || logicalMaximum < logicalMinimum ? 0 : logicalMinimum;
  return zeroIsValid ? (outOfRangeValue(field) ?? 0) : fits(0, bitSize, false) ? 0 : logicalMinimum;
}

/** Nothing active: usage id 0 of a keyboard ("no event"), or else a number that names no usage. */
function idleArrayValue(field: Field): number {
  const first = field.usages[0]!.first;
  if (field.logicalMinimum === 0 && first % 0x1_0000 === 0) return 0;
  return outOfRangeValue(field) ?? 0;
}

function outOfRangeValue({ logicalMinimum, logicalMaximum, bitSize }: Field): number | undefined {
  const signed = logicalMinimum < 0;
  if (fits(logicalMaximum + 1, bitSize, signed)) return logicalMaximum + 1;
  if (fits(logicalMinimum - 1, bitSize, signed)) return logicalMinimum - 1;
  return undefined;
}

function fits(value: number, bitSize: number, signed: boolean): boolean {
  const lowest = signed ? -(2 ** (bitSize - 1)) : 0;
  return value >= lowest && value < lowest + 2 ** bitSize;
}

function hexUsage(usage: number): string {
  return `0x${usage.toString(16).toUpperCase().padStart(8, "0")}`;
}
