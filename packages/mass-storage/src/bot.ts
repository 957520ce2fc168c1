/**
 * The wrappers of bulk-only transport, and what they mean: "USB Mass Storage Class, Bulk-Only Transport", revision 1.0,
 * September 1999 ("BOT" from here on). No I/O.
 */

import { DriverError } from "@busbar/guest";

/** Bytes of a command block wrapper: BOT 5.1. */
export const COMMAND_WRAPPER_BYTES = 31;
/** Bytes of a command status wrapper: BOT 5.2. */
export const STATUS_WRAPPER_BYTES = 13;

/** bRequest of the class requests: BOT 3.1, 3.2. */
export const BULK_ONLY_RESET = 0xff;
export const GET_MAX_LUN = 0xfe;

/** dCBWSignature and dCSWSignature: "USBC" and "USBS", little-endian. */
const COMMAND_SIGNATURE = 0x4342_5355;
const STATUS_SIGNATURE = 0x5342_5355;

/** bmCBWFlags, bit 7. */
const DIRECTION_IN = 0x80;

/** bCBWCBLength is 1 to 16, bCBWLUN 0 to 15. */
const LONGEST_COMMAND_BLOCK = 16;
const HIGHEST_LUN = 15;

/** The way of the data between command and status. */
export type DataDirection = "in" | "out" | "none";

/** What the host asks a logical unit to do. */
export interface Command {
  /** bCBWLUN, 0 to 15. */
  readonly lun: number;
  /** CBWCB, 1 to 16 bytes. */
  readonly block: Uint8Array;
  readonly direction: DataDirection;
  /** dCBWDataTransferLength: bytes between command and status; 0 where `direction` is "none". */
  readonly length: number;
}

/** bCSWStatus: BOT table 5.3. The values above 2 are reserved. */
export type CommandStatus = "passed" | "failed" | "phase-error" | "reserved";

/** A command status wrapper. */
export interface StatusWrapper {
  /** dCSWTag. */
  readonly tag: number;
  /** dCSWDataResidue: how many of the bytes that the host asked for the device did not process. */
  readonly residue: number;
  readonly status: CommandStatus;
}

/**
 * Builds a command block wrapper, BOT table 5.1.
 *
 * @param tag 0 to 2^32 - 1; the status comes back with it
 * @returns 31 bytes
 * @throws RangeError for a command that no wrapper can hold: a bug of the caller
 */
export function encodeCommand(tag: number, { lun, block, direction, length }: Command): Uint8Array {
  if (lun < 0 || lun > HIGHEST_LUN || block.length < 1 || block.length > LONGEST_COMMAND_BLOCK) {
    throw new RangeError(`no wrapper holds unit ${lun} and a command of ${block.length} bytes`);
  }
  const bytes = new Uint8Array(COMMAND_WRAPPER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, COMMAND_SIGNATURE, true); // dCBWSignature
  view.setUint32(4, tag, true); // dCBWTag
  view.setUint32(8, length, true); // dCBWDataTransferLength
  view.setUint8(12, direction === "in" ? DIRECTION_IN : 0); // bmCBWFlags
  view.setUint8(13, lun); // bCBWLUN
  view.setUint8(14, block.length); // bCBWCBLength
  bytes.set(block, 15); // CBWCB
  return bytes;
}

/**
 * Reads a command block wrapper, for whoever looks at a recording.
 *
 * @returns `undefined` for bytes that are none: BOT 6.2.1 asks for the length and the signature, and that the reserved
 *   bits are 0. `direction` is "none" where there are no data.
 */
export function decodeCommand(bytes: Uint8Array): (Command & { readonly tag: number }) | undefined {
  if (bytes.length !== COMMAND_WRAPPER_BYTES) return undefined;
  const view = viewOf(bytes);
  const [lun, blockLength] = [bytes[13]!, bytes[14]!];
  if (view.getUint32(0, true) !== COMMAND_SIGNATURE || lun > HIGHEST_LUN) return undefined;
  if (blockLength < 1 || blockLength > LONGEST_COMMAND_BLOCK) return undefined;
  const length = view.getUint32(8, true);
  const isIn = (bytes[12]! & DIRECTION_IN) !== 0;
  return {
    tag: view.getUint32(4, true),
    lun,
    block: bytes.slice(15, 15 + blockLength),
    direction: length === 0 ? "none" : isIn ? "in" : "out",
    length,
  };
}

/** dCSWSignature of 13 bytes, whatever it is: some bridges have one of their own. */
export function signatureOf(bytes: Uint8Array): number {
  return viewOf(bytes).getUint32(0, true);
}

/**
 * Reads a command status wrapper, BOT table 5.2.
 *
 * @param learned the device's own signature, which counts as well as the right one
 * @throws DriverError `protocol` for one that is not valid (BOT 6.3.1): other than 13 bytes, or without the signature
 */
export function decodeStatus(bytes: Uint8Array, learned = STATUS_SIGNATURE): StatusWrapper {
  if (bytes.length !== STATUS_WRAPPER_BYTES) {
    throw DriverError.protocol(
      `The device sent a status of ${bytes.length} bytes instead of ${STATUS_WRAPPER_BYTES}; unplug it and plug it in again.`,
    );
  }
  const view = viewOf(bytes);
  const signature = view.getUint32(0, true);
  if (signature !== STATUS_SIGNATURE && signature !== learned) {
    throw DriverError.protocol(
      "The device sent a status without its signature; unplug it and plug it in again.",
    );
  }
  return {
    tag: view.getUint32(4, true),
    residue: view.getUint32(8, true),
    status: (["passed", "failed", "phase-error"] as const)[bytes[12]!] ?? "reserved",
  };
}

/** Whether these bytes, read where data were expected, are the status of this command: the device had no data. */
export function isStatusOf(tag: number, bytes: Uint8Array): boolean {
  if (bytes.length !== STATUS_WRAPPER_BYTES) return false;
  const view = viewOf(bytes);
  return view.getUint32(0, true) === STATUS_SIGNATURE && view.getUint32(4, true) === tag;
}

/** How a command ended where device and host agree. */
export interface Completion {
  readonly passed: boolean;
  /**
   * What the device says that it processed of the bytes that were transferred. Many devices say nonsense: where data have
   * arrived, it is they that count.
   */
  readonly processed: number;
}

/**
 * Decides what a status says of its command: the thirteen cases of BOT 6.7, as a host sees them.
 *
 * | host expects | device intends | case | what is seen |
 * |---|---|---|---|
 * | none | none, in, out | 1, 2, 3 | a status; 2 and 3 with phase error |
 * | in | none, less, the same | 4, 5, 6 | a stall or fewer bytes, and a residue |
 * | in | more, out | 7, 8 | phase error, or an overflow |
 * | out | none, less, the same | 9, 11, 12 | a stall or all bytes, and a residue |
 * | out | in, more | 10, 13 | phase error |
 *
 * @param transferred bytes of data that went over the bus; `undefined` where a stall hides how many
 * A residue of more than was asked for (BOT 6.3.2) is taken for one of everything, as Linux does (usb_stor_Bulk_transport).
 *
 * @param tag `undefined` for a device whose tags mean nothing
 * @returns `undefined` where host and device disagree: another command's status, a phase error or a reserved value. Only a
 *   reset recovery helps then (BOT 6.5).
 */
export function completionOf(
  tag: number | undefined,
  { direction, length }: Pick<Command, "direction" | "length">,
  transferred: number | undefined,
  wrapper: StatusWrapper,
): Completion | undefined {
  const { residue, status } = wrapper;
  if (tag !== undefined && wrapper.tag !== tag) return undefined;
  if (status !== "passed" && status !== "failed") return undefined;
  if (direction === "none") return { passed: status === "passed", processed: 0 };
  return {
    passed: status === "passed",
    processed: Math.min(transferred ?? length, Math.max(length - residue, 0)),
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
