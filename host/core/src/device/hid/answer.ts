/** What a driver tells of a human interface device, and what has to hold so that a program can use it. */

import { isWhole, requireAnswer } from "../answer.ts";
import type { HidCollection, HidField, HidReport } from "./hid.ts";

/** wDescriptorLength of the HID descriptor has 16 bits: HID 1.11 section 6.2.1. */
const longestDescriptor = 65_535;
/** The bits of a report that a control transfer can carry: wLength has 16 bits (USB 2.0 section 9.3.5). */
const longestReportBits = 65_535 * 8;

/**
 * Checks what is told of a device when it is opened: what is numbered is there, and every field fits a report.
 *
 * @throws DeviceError `protocol`
 */
export function requireDescription(
  device: string,
  told: {
    readonly reportDescriptor: Uint8Array;
    readonly collections: readonly HidCollection[];
    readonly fields: readonly HidField[];
  },
): void {
  const { reportDescriptor, collections, fields } = told;
  requireAnswer(device, reportDescriptor.length <= longestDescriptor, () => {
    return `gives a report descriptor of ${reportDescriptor.length} bytes, and one has ${longestDescriptor} at most`;
  });
  // Each of them takes an item of the descriptor.
  requireAnswer(device, collections.length <= longestDescriptor && fields.length <= longestDescriptor, () => {
    return `lists ${collections.length} collections and ${fields.length} fields, more than a report descriptor holds`;
  });
  collections.forEach(({ parent }, index) => {
    requireAnswer(device, parent === undefined || parent < index, () => {
      return `says that collection ${index} is in collection ${parent}, which does not come before it`;
    });
  });
  fields.forEach((field, index) => {
    requireField(device, field, index, collections.length);
  });
}

function requireField(device: string, field: HidField, index: number, collections: number): void {
  const { bitOffset, bitSize, count, collection } = field;
  const fits = isWhole(bitSize, 1, 32) && bitOffset + bitSize * count <= longestReportBits;
  requireAnswer(device, fits, () => {
    return `says that field ${index} has ${count} values of ${bitSize} bits at bit ${bitOffset}, which fit no report`;
  });
  const ranges = [field.logicalMinimum, field.logicalMaximum, field.physicalMinimum, field.physicalMaximum];
  requireAnswer(device, ranges.every(Number.isInteger), () => {
    return `gives the ranges ${ranges.join(", ")} for field ${index}, which are not whole numbers`;
  });
  requireAnswer(device, collection === undefined || collection < collections, () => {
    return `says that field ${index} is in collection ${collection} of ${collections}`;
  });
}

/** @throws DeviceError `protocol` where a value is of a field that there is not, or is no number */
export function requireReport(device: string, fields: readonly HidField[], report: HidReport): HidReport {
  for (const { field, number } of report.values) {
    requireAnswer(device, field < fields.length, () => {
      return `gives a value of field ${field}, and the device has ${fields.length} fields`;
    });
    requireAnswer(device, number === undefined || Number.isFinite(number), () => {
      return `gives ${number} for field ${field}`;
    });
  }
  return report;
}
