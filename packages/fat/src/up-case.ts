/** exFAT's up-case table, by which names are compared: exFAT section 7.2. No I/O. */

import { damaged } from "./errors.ts";

/** What the table's entry of the root directory says. */
export interface UpCaseLocation {
  readonly checksum: number;
  readonly firstCluster: number;
  readonly bytes: number;
}

/** One entry of 16 bits for each character. */
const CHARACTERS = 0x1_0000;

/** The longest table: one that is not compressed. */
export const LONGEST_UP_CASE_TABLE = CHARACTERS * 2;

/** Section 7.2.5: this value is followed by the number of characters that are their own upper case. */
const IDENTITY_RUN = 0xffff;

/**
 * Reads a table.
 *
 * @param bytes at most 131,072
 * @param checksum that they must have
 * @returns the upper case of every character
 * @throws DriverError `protocol`
 */
export function parseUpCaseTable(bytes: Uint8Array, checksum: number): Uint16Array {
  if (tableChecksum(bytes) !== checksum) throw damaged("the checksum of its up-case table is wrong");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const upper = new Uint16Array(CHARACTERS);
  for (let each = 0; each < CHARACTERS; each += 1) upper[each] = each;
  let character = 0;
  for (let offset = 0; offset + 2 <= bytes.length && character < CHARACTERS; offset += 2) {
    const value = view.getUint16(offset, true);
    if (value === IDENTITY_RUN && offset + 4 <= bytes.length) {
      offset += 2;
      character += view.getUint16(offset, true);
    } else {
      upper[character] = value;
      character += 1;
    }
  }
  return upper;
}

/** TableChecksum: section 7.2.2. */
function tableChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum = (((sum << 31) | (sum >>> 1)) + byte) >>> 0;
  return sum;
}
