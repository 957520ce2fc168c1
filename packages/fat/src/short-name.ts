/** Names of 8 and 3 characters: FAT "Directory Structure", DIR_Name. */

/**
 * Code page 437 from 0x80 on. Which code page a medium's short names are in is written nowhere; this is what Windows in
 * the United States and Linux take.
 */
const CODE_PAGE_437 =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐" +
  "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

export const SHORT_NAME_BYTES = 11;
const BASE_BYTES = 8;

/** First bytes that mean something else. */
export const FREE = 0xe5;
export const LAST = 0x00;
const ESCAPED_E5 = 0x05;

/** DIR_NTRes, as Windows NT and all since use it: the whole base, or the whole extension, is in lower case. */
const LOWER_BASE = 0x08;
const LOWER_EXTENSION = 0x10;

/**
 * The name of a directory entry.
 *
 * @param bytes DIR_Name
 * @param caseBits DIR_NTRes
 */
export function shortName(bytes: Uint8Array, caseBits = 0): string {
  const base = decode(bytes.subarray(0, BASE_BYTES), true);
  const extension = decode(bytes.subarray(BASE_BYTES, SHORT_NAME_BYTES));
  const left = (caseBits & LOWER_BASE) === 0 ? base : base.toLowerCase();
  const right = (caseBits & LOWER_EXTENSION) === 0 ? extension : extension.toLowerCase();
  return right === "" ? left : `${left}.${right}`;
}

/** A volume label: 11 characters, without a point. */
export function labelName(bytes: Uint8Array): string {
  return decode(bytes.subarray(0, SHORT_NAME_BYTES), true);
}

/** LDIR_Chksum of the long names that belong to a short one: FAT "Long Directory Entries". */
export function shortNameChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes.subarray(0, SHORT_NAME_BYTES)) sum = (((sum & 1) << 7) + (sum >> 1) + byte) & 0xff;
  return sum;
}

/** Without the spaces at the end. */
function decode(bytes: Uint8Array, isStart = false): string {
  let text = "";
  for (const [index, byte] of bytes.entries()) {
    // 0xE5 marks a free entry, and is a lead byte of Japanese names.
    const code = isStart && index === 0 && byte === ESCAPED_E5 ? FREE : byte;
    text += code < 0x80 ? String.fromCharCode(code) : CODE_PAGE_437[code - 0x80];
  }
  return text.replace(/ +$/, "");
}
