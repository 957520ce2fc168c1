/**
 * Control and format characters (escape sequences, line ends, bidirectional overrides) and lone surrogates: the general
 * categories Cc, Cf, Cs, Zl and Zp of Unicode 17, from and to. Not every engine of components has `\p{..}` to ask.
 */
const UNPRINTABLE: readonly (readonly [from: number, to: number])[] = [
  [0x0000, 0x001f],
  [0x007f, 0x009f],
  [0x00ad, 0x00ad],
  [0x0600, 0x0605],
  [0x061c, 0x061c],
  [0x06dd, 0x06dd],
  [0x070f, 0x070f],
  [0x0890, 0x0891],
  [0x08e2, 0x08e2],
  [0x180e, 0x180e],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x2064],
  [0x2066, 0x206f],
  [0xd800, 0xdfff],
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0x1_10bd, 0x1_10bd],
  [0x1_10cd, 0x1_10cd],
  [0x1_3430, 0x1_343f],
  [0x1_bca0, 0x1_bca3],
  [0x1_d173, 0x1_d17a],
  [0xe_0001, 0xe_0001],
  [0xe_0020, 0xe_007f],
];

/** Whether a character, or a lone surrogate, shows as itself, and does nothing to a terminal. @param code its code point */
export function isPrintable(code: number): boolean {
  return !UNPRINTABLE.some(([from, to]) => code >= from && code <= to);
}

/**
 * A name as it is safe to show: whoever wrote the medium must not be able to move a terminal's cursor, or to make a name
 * look like another. What is not printable becomes its code: "\u{1b}".
 */
export function printable(name: string): string {
  let text = "";
  for (const character of name) {
    const code = character.codePointAt(0)!;
    text += isPrintable(code) ? character : `\\u{${code.toString(16)}}`;
  }
  return text;
}
