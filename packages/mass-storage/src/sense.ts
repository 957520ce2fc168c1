/** Sense data: why a command failed. SPC-4 (INCITS 513) section 4.5; codes: SPC-4 annex D. No I/O. */

/** Sense keys by their number: SPC-4 table 43. */
export const senseKeys = [
  "no-sense",
  "recovered-error",
  "not-ready",
  "medium-error",
  "hardware-error",
  "illegal-request",
  "unit-attention",
  "data-protect",
  "blank-check",
  "vendor-specific",
  "copy-aborted",
  "aborted-command",
  "reserved",
  "volume-overflow",
  "miscompare",
  "completed",
] as const;

/** One of the sense keys. */
export type SenseKey = (typeof senseKeys)[number];

/** What REQUEST SENSE gives. */
export interface Sense {
  /** 0x70 to 0x73: fixed or descriptor format, of this command or of an earlier one. */
  readonly responseCode: number;
  readonly key: SenseKey;
  /** ADDITIONAL SENSE CODE. */
  readonly code: number;
  /** ADDITIONAL SENSE CODE QUALIFIER. */
  readonly qualifier: number;
}

/** ADDITIONAL SENSE CODE of what the driver acts on: SPC-4 table D.1. */
export const SenseCode = {
  NOT_READY: 0x04,
  INVALID_OPERATION_CODE: 0x20,
  BLOCK_OUT_OF_RANGE: 0x21,
  UNIT_NOT_SUPPORTED: 0x25,
  WRITE_PROTECTED: 0x27,
  MEDIUM_MAY_HAVE_CHANGED: 0x28,
  MEDIUM_NOT_PRESENT: 0x3a,
} as const;

/**
 * ADDITIONAL SENSE CODE QUALIFIER of NOT_READY where neither waiting nor starting helps: manual intervention required, two states
 * of the target port, and what takes hours: sanitize and depopulation. Linux gives up at the same (sd_spinup_disk).
 */
export const NEVER_READY: readonly number[] = [0x03, 0x0b, 0x0c, 0x1b, 0x24, 0x25];

/** ADDITIONAL SENSE CODE of a medium error that stays: unrecovered read error, address mark or entity not found. */
export const LASTING_MEDIUM_ERRORS: readonly number[] = [0x11, 0x13, 0x14];

/** Response codes: current or deferred error, in fixed or in descriptor format. */
const FIXED = [0x70, 0x71];
const DESCRIPTOR = [0x72, 0x73];

/** By code and, where it matters, qualifier: SPC-4 table D.1. */
const texts: Readonly<Record<string, string>> = {
  "02": "no seek complete",
  "03": "peripheral device write fault",
  "03/02": "excessive write errors",
  "04": "logical unit not ready",
  "04/01": "logical unit is becoming ready",
  "04/02": "initializing command required",
  "04/03": "manual intervention required",
  "04/04": "format in progress",
  "04/07": "operation in progress",
  "05": "logical unit does not respond to selection",
  "08": "logical unit communication failure",
  "09": "track following error",
  "0b": "warning",
  "0c": "write error",
  "10": "id CRC or ECC error",
  "11": "unrecovered read error",
  "12": "address mark not found for id field",
  "13": "address mark not found for data field",
  "14": "recorded entity not found",
  "15": "random positioning error",
  "16": "data synchronization mark error",
  "17": "recovered data with no error correction applied",
  "18": "recovered data with error correction applied",
  "1a": "parameter list length error",
  "1b": "synchronous data transfer error",
  "20": "invalid command operation code",
  "21": "logical block address out of range",
  "24": "invalid field in command block",
  "25": "logical unit not supported",
  "26": "invalid field in parameter list",
  "27": "write protected",
  "28": "not-ready to ready change, medium may have changed",
  "29": "power on, reset, or bus device reset occurred",
  "2a": "parameters changed",
  "2c": "command sequence error",
  "2f": "commands cleared by another initiator",
  "30": "incompatible medium installed",
  "31": "medium format corrupted",
  "32": "no defect spare location available",
  "37": "rounded parameter",
  "39": "saving parameters not supported",
  "3a": "medium not present",
  "3d": "invalid bits in identify message",
  "3e": "logical unit has not self-configured yet",
  "3f": "target operating conditions have changed",
  "40": "diagnostic failure",
  "43": "message error",
  "44": "internal target failure",
  "45": "select or reselect failure",
  "47": "parity error",
  "48": "initiator detected error message received",
  "4b": "data phase error",
  "4e": "overlapped commands attempted",
  "51": "erase failure",
  "53": "media load or eject failed",
  "55": "system resource failure",
  "5a": "operator medium removal request",
  "5b": "log exception",
  "5d": "failure prediction threshold exceeded",
  "5e": "low power condition on",
  "64": "illegal mode for this track",
  "65": "voltage fault",
};

/**
 * Reads sense data in fixed or descriptor format. What is missing at the end counts as 0, as SPC-4 section 4.5.1 says.
 *
 * @returns `undefined` for bytes that are no sense data
 */
export function parseSense(bytes: Uint8Array): Sense | undefined {
  // Bit 7 is VALID: whether the INFORMATION field means something.
  const responseCode = (bytes[0] ?? 0) & 0x7f;
  const at = (index: number) => bytes[index] ?? 0;
  if (FIXED.includes(responseCode)) {
    return { responseCode, key: keyOf(at(2)), code: at(12), qualifier: at(13) };
  }
  if (DESCRIPTOR.includes(responseCode)) {
    return { responseCode, key: keyOf(at(1)), code: at(2), qualifier: at(3) };
  }
  return undefined;
}

/** "MEDIUM ERROR, unrecovered read error (11/00)". */
export function describeSense({ key, code, qualifier }: Sense): string {
  const [high, low] = [hex(code), hex(qualifier)];
  const text = texts[`${high}/${low}`] ?? texts[high];
  const numbers = `(${high}/${low})`.toUpperCase();
  const name = key.replaceAll("-", " ").toUpperCase();
  return text === undefined ? `${name} ${numbers}` : `${name}, ${text} ${numbers}`;
}

function keyOf(byte: number): SenseKey {
  return senseKeys[byte & 0x0f]!;
}

function hex(value: number): string {
  return value.toString(16).padStart(2, "0");
}
