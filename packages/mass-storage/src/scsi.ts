/**
 * The SCSI commands of disks, and what they answer: SPC-4 (INCITS 513), SBC-3 (INCITS 514). Big-endian throughout. No
 * I/O.
 */

import { DriverError } from "@busbar/guest";

/** OPERATION CODE: SPC-4 table 139, SBC-3 table 19. */
export const Operation = {
  TEST_UNIT_READY: 0x00,
  REQUEST_SENSE: 0x03,
  INQUIRY: 0x12,
  MODE_SENSE_6: 0x1a,
  START_STOP_UNIT: 0x1b,
  READ_CAPACITY_10: 0x25,
  READ_10: 0x28,
  WRITE_10: 0x2a,
  SYNCHRONIZE_CACHE_10: 0x35,
  READ_16: 0x88,
  WRITE_16: 0x8a,
  SERVICE_ACTION_IN_16: 0x9e,
} as const;

/** SERVICE ACTION of READ CAPACITY (16): SBC-3 section 5.16. */
const READ_CAPACITY_16 = 0x10;

/** Bytes that the driver asks for: all of the standard fields. */
export const INQUIRY_BYTES = 36;
export const SENSE_BYTES = 18;
export const CAPACITY_10_BYTES = 8;
export const CAPACITY_16_BYTES = 32;

/** MODE SENSE page code of all pages: SPC-4 section 6.11. */
export const ALL_PAGES = 0x3f;

/** What the 32 and 16 bits of READ (10) and WRITE (10) can say. */
const LAST_BLOCK_10 = 0xffff_ffff;
const MOST_BLOCKS_10 = 0xffff;

/** PERIPHERAL DEVICE TYPE: SPC-4 table 144. */
export const DeviceType = { DISK: 0x00, CD: 0x05, OPTICAL: 0x07, SIMPLIFIED_DISK: 0x0e } as const;

/** Block lengths that the driver works with, in bytes. */
const BLOCK_LENGTHS = [512, 1024, 2048, 4096];

/** TEST UNIT READY: SPC-4 section 6.39. */
export function testUnitReady(): Uint8Array {
  return new Uint8Array(6);
}

/** REQUEST SENSE, fixed format: SPC-4 section 6.37. */
export function requestSense(allocationLength: number): Uint8Array {
  return Uint8Array.of(Operation.REQUEST_SENSE, 0, 0, 0, allocationLength, 0);
}

/** INQUIRY, the standard data: SPC-4 section 6.6. */
export function inquiry(allocationLength: number): Uint8Array {
  return Uint8Array.of(Operation.INQUIRY, 0, 0, allocationLength >> 8, allocationLength & 0xff, 0);
}

/** MODE SENSE (6), current values: SPC-4 section 6.11. @param page 0 to 0x3F */
export function modeSense6(page: number, allocationLength: number): Uint8Array {
  return Uint8Array.of(Operation.MODE_SENSE_6, 0, page, 0, allocationLength, 0);
}

/**
 * START STOP UNIT: SBC-3 section 5.25.
 *
 * @param eject LOEJ: takes the medium out, or in
 * @param immediate IMMED: is answered before it has been done
 */
export function startStopUnit(start: boolean, eject = false, immediate = false): Uint8Array {
  const flags = (eject ? 0x02 : 0) | (start ? 0x01 : 0);
  return Uint8Array.of(Operation.START_STOP_UNIT, immediate ? 0x01 : 0, 0, 0, flags, 0);
}

/** READ CAPACITY (10): SBC-3 section 5.15. */
export function readCapacity10(): Uint8Array {
  return Uint8Array.of(Operation.READ_CAPACITY_10, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}

/** READ CAPACITY (16): SBC-3 section 5.16. */
export function readCapacity16(): Uint8Array {
  const block = new Uint8Array(16);
  block[0] = Operation.SERVICE_ACTION_IN_16;
  block[1] = READ_CAPACITY_16;
  block[13] = CAPACITY_16_BYTES;
  return block;
}

/** SYNCHRONIZE CACHE (10) of all blocks: SBC-3 section 5.26. */
export function synchronizeCache10(): Uint8Array {
  return Uint8Array.of(Operation.SYNCHRONIZE_CACHE_10, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}

/**
 * READ (10), or READ (16) where the blocks lie beyond it: SBC-3 sections 5.11, 5.13.
 *
 * @param firstBlock 0 to 2^53 - 1
 * @param count 0 to 2^32 - 1
 */
export function read(firstBlock: number, count: number): Uint8Array {
  return transfer(Operation.READ_10, Operation.READ_16, firstBlock, count);
}

/** WRITE (10) or WRITE (16), as `read`: SBC-3 sections 5.34, 5.36. */
export function write(firstBlock: number, count: number): Uint8Array {
  return transfer(Operation.WRITE_10, Operation.WRITE_16, firstBlock, count);
}

function transfer(short: number, long: number, firstBlock: number, count: number): Uint8Array {
  const fits = firstBlock + count - 1 <= LAST_BLOCK_10 && count <= MOST_BLOCKS_10;
  const block = new Uint8Array(fits ? 10 : 16);
  const view = new DataView(block.buffer);
  view.setUint8(0, fits ? short : long);
  if (fits) {
    view.setUint32(2, firstBlock); // LOGICAL BLOCK ADDRESS
    view.setUint16(7, count); // TRANSFER LENGTH
  } else {
    view.setBigUint64(2, BigInt(firstBlock));
    view.setUint32(10, count);
  }
  return block;
}

/** The standard INQUIRY data: SPC-4 table 142. */
export interface Inquiry {
  /** PERIPHERAL QUALIFIER: 0 where there is a device behind this logical unit. */
  readonly qualifier: number;
  /** PERIPHERAL DEVICE TYPE. */
  readonly deviceType: number;
  /** RMB: whether the medium can be taken out. */
  readonly removable: boolean;
  readonly version: number;
  readonly responseFormat: number;
  readonly additionalLength: number;
  /** T10 VENDOR IDENTIFICATION, without the blanks around it; likewise the next two. */
  readonly vendor: string;
  /** PRODUCT IDENTIFICATION. */
  readonly product: string;
  /** PRODUCT REVISION LEVEL. */
  readonly revision: string;
}

/**
 * Reads INQUIRY data. Texts that are cut off are as long as they are.
 *
 * @throws DriverError `protocol` for less than 5 bytes
 */
export function parseInquiry(bytes: Uint8Array): Inquiry {
  require("INQUIRY", bytes, 5);
  return {
    qualifier: bytes[0]! >> 5,
    deviceType: bytes[0]! & 0x1f,
    removable: (bytes[1]! & 0x80) !== 0,
    version: bytes[2]!,
    responseFormat: bytes[3]! & 0x0f,
    additionalLength: bytes[4]!,
    vendor: text(bytes, 8, 16),
    product: text(bytes, 16, 32),
    revision: text(bytes, 32, 36),
  };
}

/** A disk that says nothing of itself. Most that are met are sticks, so its medium may be another one later. */
export const UNKNOWN_INQUIRY: Inquiry = {
  qualifier: 0,
  deviceType: DeviceType.DISK,
  removable: true,
  version: 0,
  responseFormat: 0,
  additionalLength: 0,
  vendor: "",
  product: "",
  revision: "",
};

/** The size of a medium. */
export interface Capacity {
  /** The number of the last block: one less than there are. */
  readonly lastBlock: number;
  /** Bytes of a block. */
  readonly blockLength: number;
}

/**
 * Reads READ CAPACITY (10) data.
 *
 * @returns `undefined` where the medium has more blocks than 32 bits count: READ CAPACITY (16) tells
 * @throws DriverError `protocol` for less than 8 bytes, `unsupported` for blocks of another length than 512 to 4096
 */
export function parseCapacity10(bytes: Uint8Array): Capacity | undefined {
  require("READ CAPACITY (10)", bytes, CAPACITY_10_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const lastBlock = view.getUint32(0);
  return lastBlock === LAST_BLOCK_10
    ? undefined
    : { lastBlock, blockLength: checkBlockLength(view.getUint32(4), lastBlock) };
}

/**
 * The size that READ CAPACITY (10) data say of a medium that has more blocks than they can: as many as they can, which is
 * what Linux takes where READ CAPACITY (16) is refused.
 *
 * @throws DriverError as `parseCapacity10`
 */
export function leastCapacity10(bytes: Uint8Array): Capacity {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const lastBlock = view.getUint32(0);
  return { lastBlock, blockLength: checkBlockLength(view.getUint32(4), lastBlock) };
}

/** Reads READ CAPACITY (16) data. @throws DriverError as `parseCapacity10`; `unsupported` beyond 2^53 blocks */
export function parseCapacity16(bytes: Uint8Array): Capacity {
  require("READ CAPACITY (16)", bytes, 12);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const lastBlock = Number(view.getBigUint64(0));
  const blockLength = checkBlockLength(view.getUint32(8), lastBlock);
  if (lastBlock >= Number.MAX_SAFE_INTEGER) {
    throw DriverError.unsupported(
      "The device claims more blocks than any disk has; unplug it and plug it in again.",
    );
  }
  return { lastBlock, blockLength };
}

/**
 * Reads the header of MODE SENSE (6) data: SPC-4 table 417, SBC-3 table 190.
 *
 * @returns whether the medium is write-protected (WP)
 * @throws DriverError `protocol` for less than 3 bytes
 */
export function parseWriteProtection(bytes: Uint8Array): boolean {
  require("MODE SENSE (6)", bytes, 3);
  return (bytes[2]! & 0x80) !== 0;
}

/** A length of 0 is 512, as in Linux (sd_read_capacity): devices that leave it out have such blocks. Zeros alone are no size. */
function checkBlockLength(length: number, lastBlock: number): number {
  if (length === 0 && lastBlock > 0) return BLOCK_LENGTHS[0]!;
  if (BLOCK_LENGTHS.includes(length)) return length;
  throw DriverError.unsupported(
    `The medium has blocks of ${length} bytes; this driver knows ${BLOCK_LENGTHS.join(", ")}.`,
  );
}

function require(command: string, bytes: Uint8Array, least: number): void {
  if (bytes.length >= least) return;
  throw DriverError.protocol(
    `The device answered ${command} with ${bytes.length} bytes where ${least} are the least; unplug it and plug it in again.`,
  );
}

/** ASCII; SPC-4 section 4.4.1 allows 0x20 to 0x7E, and devices send anything. */
function text(bytes: Uint8Array, start: number, end: number): string {
  return Array.from(bytes.subarray(start, end), (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : " ",
  )
    .join("")
    .trim();
}
