/** The line coding: PSTN 1.2 section 6.3.11, table 17. Seven bytes, little-endian. */

import type { LineSettings, Parity, StopBits } from "@busbar/guest";
import { CdcError } from "./errors.ts";

/** Bytes of a line coding. */
export const LINE_CODING_BYTES = 7;

/** bCharFormat, by its value. */
const stopBitValues: readonly StopBits[] = ["one", "one-and-half", "two"];
/** bParityType, by its value. */
const parityValues: readonly Parity[] = ["none", "odd", "even", "mark", "space"];
/** bDataBits. */
const dataBitValues: readonly number[] = [5, 6, 7, 8, 16];

/**
 * The bytes of `settings`.
 *
 * @throws CdcError `invalid-value` for a value that the specification does not have
 */
export function encodeLineCoding({ baudRate, dataBits, parity, stopBits }: LineSettings): Uint8Array {
  if (!Number.isInteger(baudRate) || baudRate < 1 || baudRate > 0xffff_ffff) {
    throw new CdcError("invalid-value", `The baud rate is ${baudRate}, but must be 1 to 4294967295`);
  }
  const bytes = new Uint8Array(LINE_CODING_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, baudRate, true); // dwDTERate
  view.setUint8(4, indexIn("stop bits", stopBitValues, stopBits)); // bCharFormat
  view.setUint8(5, indexIn("parity", parityValues, parity)); // bParityType
  indexIn("data bits", dataBitValues, dataBits);
  view.setUint8(6, dataBits); // bDataBits
  return bytes;
}

/**
 * The settings that a line coding stands for. A rate of 0 is returned as it is.
 *
 * @throws CdcError `line-coding` for another length than seven, and for a value that the specification does not have;
 *   seven zeros are among these (0 data bits), with which Linux's gadget says that nothing was set yet
 */
export function decodeLineCoding(bytes: Uint8Array): LineSettings {
  if (bytes.length !== LINE_CODING_BYTES) {
    throw new CdcError("line-coding", `The line coding has ${bytes.length} bytes instead of 7`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stopBits = stopBitValues[view.getUint8(4)]; // bCharFormat
  const parity = parityValues[view.getUint8(5)]; // bParityType
  const dataBits = view.getUint8(6); // bDataBits
  if (stopBits === undefined || parity === undefined || !dataBitValues.includes(dataBits)) {
    const fields = [...bytes.subarray(4)].join(", ");
    throw new CdcError("line-coding", `The line coding has reserved values (bytes 4 to 6 are ${fields})`);
  }
  return { baudRate: view.getUint32(0, true), dataBits, parity, stopBits }; // dwDTERate
}

function indexIn<Value>(what: string, values: readonly Value[], value: Value): number {
  const index = values.indexOf(value);
  if (index >= 0) return index;
  throw new CdcError("invalid-value", `The ${what} are ${value}, but must be one of ${values.join(", ")}`);
}
