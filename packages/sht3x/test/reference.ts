/** A second, independent checksum: from a table that is made by multiplying polynomials, instead of bit by bit. */

/** The product of two polynomials over GF(2), modulo x^8 + x^5 + x^4 + 1. */
function multiply(left: number, right: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product *= 2;
    if (product >= 256) product ^= 0x131;
    if (Math.floor(left / 2 ** bit) % 2 === 1) product ^= right;
  }
  return product;
}

/** x^8, modulo the same: what one byte more multiplies the remainder by. */
const ONE_BYTE = 0x31;

/** The CRC-8 of some bytes. */
export function referenceCrc8(bytes: Iterable<number>): number {
  let remainder = 0xff;
  for (const byte of bytes) remainder = multiply(remainder ^ byte, ONE_BYTE);
  return remainder;
}
