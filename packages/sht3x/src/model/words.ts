/** Words as an SHT3x sends them: two bytes and their checksum, datasheet version 7 section 4.12. */

/** x^8 + x^5 + x^4 + 1. */
const POLYNOMIAL = 0b1_0011_0001;

/**
 * The checksum of a word: the remainder of its polynomial, eight zeros behind it, by long division. To begin with 0xFF
 * is to invert the first byte.
 *
 * @param word 0 to 65535
 */
export function checksum(word: number): number {
  let dividend = (word ^ 0xff00) * 256;
  for (let power = 23; power >= 8; power--) {
    if ((dividend >> power) % 2 === 1) dividend ^= POLYNOMIAL << (power - 8);
  }
  return dividend;
}

/** Three bytes for each word. */
export function wordBytes(...words: number[]): Uint8Array {
  return Uint8Array.from(words.flatMap((word) => [word >> 8, word & 0xff, checksum(word)]));
}
