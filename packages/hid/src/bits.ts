/** Numbers of any number of bits, at any bit of a report. Source: HID 1.11, 5.8 and 8.4: least significant bit first. */

import { HidError } from "./errors.ts";

/** The largest number of bits that `readBits` and `writeBits` take. */
export const MAX_BITS = 32;

/**
 * Reads a number.
 *
 * @param bitOffset bit 0 is the least significant one of the first byte
 * @param bitSize 1 to 32
 * @param signed two's complement
 * @throws HidError `report-length` where it reaches past the last byte
 */
export function readBits(bytes: Uint8Array, bitOffset: number, bitSize: number, signed: boolean): number {
  check(bytes, bitOffset, bitSize);
  let value = 0;
  let weight = 1;
  for (let done = 0; done < bitSize; ) {
    const position = bitOffset + done;
    const within = position % 8;
    const taken = Math.min(8 - within, bitSize - done);
    const part = (bytes[Math.floor(position / 8)]! >> within) & ((1 << taken) - 1);
    value += part * weight;
    weight *= 2 ** taken;
    done += taken;
  }
  return signed && value >= weight / 2 ? value - weight : value;
}

/**
 * Writes a number; of a number with more bits, the lowest.
 *
 * @param bitOffset bit 0 is the least significant one of the first byte
 * @param bitSize 1 to 32
 * @param value a whole number; negative ones become two's complement
 * @throws HidError `report-length` where it reaches past the last byte
 */
export function writeBits(bytes: Uint8Array, bitOffset: number, bitSize: number, value: number): void {
  check(bytes, bitOffset, bitSize);
  let left = value < 0 ? value + 2 ** bitSize : value;
  for (let done = 0; done < bitSize; ) {
    const position = bitOffset + done;
    const within = position % 8;
    const taken = Math.min(8 - within, bitSize - done);
    const mask = (1 << taken) - 1;
    const index = Math.floor(position / 8);
    bytes[index] = (bytes[index]! & ~(mask << within)) | (((left % 0x100) & mask) << within);
    left = Math.floor(left / 2 ** taken);
    done += taken;
  }
}

function check(bytes: Uint8Array, bitOffset: number, bitSize: number): void {
  if (!(bitSize >= 1 && bitSize <= MAX_BITS && bitOffset >= 0)) {
    throw new HidError(
      "invalid-value",
      `${bitSize} bits at bit ${bitOffset} are no number of 1 to ${MAX_BITS} bits`,
    );
  }
  if (bitOffset + bitSize > bytes.length * 8) {
    throw new HidError(
      "report-length",
      `Bit ${bitOffset + bitSize} lies past the end of ${bytes.length} bytes`,
    );
  }
}
