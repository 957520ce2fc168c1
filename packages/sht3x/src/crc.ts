/** The checksum that follows each word (SHT3x-DIS data sheet, version 7, section 4.12). */

/** x^8 + x^5 + x^4 + 1, without its first term. */
const POLYNOMIAL = 0x31;
const INITIALIZATION = 0xff;

/**
 * The CRC-8 of some bytes.
 *
 * @returns 0 to 255: 0x92 for 0xBE 0xEF
 */
export function crc8(bytes: Uint8Array): number {
  let crc = INITIALIZATION;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ ((crc & 0x80) === 0 ? 0 : POLYNOMIAL)) & 0xff;
  }
  return crc;
}

/**
 * Takes words out of what the part sent.
 *
 * @param bytes for each word its two bytes, most significant first, and their CRC-8
 * @returns 0 to 65535 each; `undefined` where a checksum is wrong
 */
export function parseWords(bytes: Uint8Array): number[] | undefined {
  const words: number[] = [];
  for (let offset = 0; offset < bytes.length; offset += 3) {
    const word = bytes.subarray(offset, offset + 2);
    if (crc8(word) !== bytes[offset + 2]) return undefined;
    words.push(new DataView(word.buffer, word.byteOffset).getUint16(0, false));
  }
  return words;
}
