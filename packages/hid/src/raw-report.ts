/** Between reports as an app has them and transfers as a device has them, with what a caller may get wrong. */

import { DriverError } from "@busbar/guest";
import { HidError } from "./errors.ts";
import type { Report, ReportType } from "./field.ts";
import { buildReport, type UsageValue } from "./report-builder.ts";
import { findReport, type ReportDescriptor, usesIds } from "./report-descriptor.ts";

/** A report as bytes. */
export interface RawReport {
  /** 1 to 255; `undefined` where the device has no report ids. */
  readonly id: number | undefined;
  /** Without the id. */
  readonly data: Uint8Array;
}

/** Takes the id off a transfer. */
export function withoutId(descriptor: ReportDescriptor, type: ReportType, transfer: Uint8Array): RawReport {
  if (!usesIds(descriptor, type)) return { id: undefined, data: transfer };
  return { id: transfer[0] === 0 ? undefined : transfer[0], data: transfer.subarray(1) };
}

/** Finds a report. @throws DriverError `invalid-argument` where the device has no such report */
export function reportFor(descriptor: ReportDescriptor, type: ReportType, id: number | undefined): Report {
  const report = findReport(descriptor, type, id);
  if (report !== undefined) return report;
  const known = descriptor.reports
    .filter((each) => each.type === type)
    .map((each) => each.id ?? "one without an id");
  throw DriverError.invalidArgument(
    `The device has no ${type} report ${id ?? "without an id"}; it has: ${known.join(", ") || "none"}.`,
  );
}

/**
 * Puts the id before a report's bytes.
 *
 * @throws DriverError `invalid-argument` where the device has no such report or its length is another one
 */
export function transferOf(
  descriptor: ReportDescriptor,
  type: ReportType,
  { id, data }: RawReport,
): Uint8Array {
  const report = reportFor(descriptor, type, id);
  if (data.length !== report.byteLength) {
    throw DriverError.invalidArgument(
      `The ${type} report has ${report.byteLength} bytes, not ${data.length}; give all of them, without the id.`,
    );
  }
  const transfer = new Uint8Array(report.transferLength);
  if (id !== undefined) transfer[0] = id;
  transfer.set(data, report.transferLength - data.length);
  return transfer;
}

/** `buildReport` for what a caller gave. @throws DriverError `invalid-argument` for values that the report cannot have */
export function transferWith(report: Report, values: Iterable<UsageValue>): Uint8Array {
  try {
    return buildReport(report, values);
  } catch (error) {
    if (!(error instanceof HidError)) throw error;
    throw DriverError.invalidArgument(`${error.message}.`, { cause: error });
  }
}

/** @throws DriverError `invalid-argument` for an input report, which only devices send */
export function checkSendable(type: ReportType): void {
  if (type !== "input") return;
  throw DriverError.invalidArgument("Input reports cannot be sent; use output or feature.");
}

/** Runs a parser over what the device sent. @throws DriverError `protocol` for what the parser refuses */
export function checked<Result>(parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof HidError)) throw error;
    throw DriverError.protocol(`${error.message}; reconnect the device.`, { cause: error });
  }
}
