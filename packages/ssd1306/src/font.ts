/** Characters as dots, 5 wide and 7 high, and an eighth row for what goes below the line. Drawn for this driver. */

import { cannotShow } from "@busbar/guest";

/** Each as its rows from the top, in hexadecimal: the dot on the right is bit 0. Digits are as wide as letters, and 0 is no O. */
const DRAWN = {
  " ": "00 00 00 00 00 00 00",
  "!": "04 04 04 04 04 00 04",
  '"': "0a 0a 0a 00 00 00 00",
  "#": "0a 0a 1f 0a 1f 0a 0a",
  $: "04 0f 14 0e 05 1e 04",
  "%": "18 19 02 04 08 13 03",
  "&": "0c 12 14 08 15 12 0d",
  "'": "04 04 04 00 00 00 00",
  "(": "02 04 08 08 08 04 02",
  ")": "08 04 02 02 02 04 08",
  "*": "00 15 0e 1f 0e 15 00",
  "+": "00 04 04 1f 04 04 00",
  ",": "00 00 00 00 00 04 04 08",
  "-": "00 00 00 1f 00 00 00",
  ".": "00 00 00 00 00 0c 0c",
  "/": "01 01 02 04 08 10 10",
  "0": "0e 11 11 15 11 11 0e",
  "1": "04 0c 14 04 04 04 1f",
  "2": "0e 11 01 06 08 10 1f",
  "3": "0e 11 01 06 01 11 0e",
  "4": "12 12 12 1f 02 02 02",
  "5": "1f 10 1e 01 01 11 0e",
  "6": "0e 10 10 1e 11 11 0e",
  "7": "1f 01 01 02 02 04 04",
  "8": "0e 11 11 0e 11 11 0e",
  "9": "0e 11 11 0f 01 01 0e",
  ":": "00 0c 0c 00 0c 0c 00",
  ";": "00 0c 0c 00 0c 04 08",
  "<": "00 02 04 08 04 02 00",
  "=": "00 00 1f 00 1f 00 00",
  ">": "00 08 04 02 04 08 00",
  "?": "0e 11 01 02 04 00 04",
  "@": "0e 11 17 15 17 10 0e",
  A: "04 0a 11 11 1f 11 11",
  B: "1e 11 11 1e 11 11 1e",
  C: "0e 11 10 10 10 11 0e",
  D: "1e 11 11 11 11 11 1e",
  E: "1f 10 10 1e 10 10 1f",
  F: "1f 10 10 1e 10 10 10",
  G: "0e 11 10 17 11 11 0e",
  H: "11 11 11 1f 11 11 11",
  I: "0e 04 04 04 04 04 0e",
  J: "01 01 01 01 01 11 0e",
  K: "11 12 14 18 14 12 11",
  L: "10 10 10 10 10 10 1f",
  M: "11 1b 15 15 11 11 11",
  N: "11 19 19 15 13 13 11",
  O: "0e 11 11 11 11 11 0e",
  P: "1e 11 11 1e 10 10 10",
  Q: "0e 11 11 11 15 12 0d",
  R: "1e 11 11 1e 14 12 11",
  S: "0f 10 10 0e 01 01 1e",
  T: "1f 04 04 04 04 04 04",
  U: "11 11 11 11 11 11 0e",
  V: "11 11 11 11 0a 0a 04",
  W: "11 11 11 15 15 1b 11",
  X: "11 11 0a 04 0a 11 11",
  Y: "11 11 0a 04 04 04 04",
  Z: "1f 01 02 04 08 10 1f",
  "[": "0e 08 08 08 08 08 0e",
  "\\": "10 10 08 04 02 01 01",
  "]": "0e 02 02 02 02 02 0e",
  "^": "04 0a 11 00 00 00 00",
  _: "00 00 00 00 00 00 00 1f",
  "`": "08 04 02 00 00 00 00",
  a: "00 00 0e 01 0f 11 0f",
  b: "10 10 1e 11 11 11 1e",
  c: "00 00 0f 10 10 10 0f",
  d: "01 01 0f 11 11 11 0f",
  e: "00 00 0e 11 1f 10 0f",
  f: "03 04 0e 04 04 04 04",
  g: "00 00 0f 11 11 0f 01 0e",
  h: "10 10 1e 11 11 11 11",
  i: "04 00 0c 04 04 04 0e",
  j: "02 00 06 02 02 02 12 0c",
  k: "10 10 11 12 1c 12 11",
  l: "0c 04 04 04 04 04 03",
  m: "00 00 1a 15 15 15 15",
  n: "00 00 1e 11 11 11 11",
  o: "00 00 0e 11 11 11 0e",
  p: "00 00 1e 11 11 1e 10 10",
  q: "00 00 0f 11 11 0f 01 01",
  r: "00 00 17 18 10 10 10",
  s: "00 00 0f 10 0e 01 1e",
  t: "04 04 0e 04 04 04 03",
  u: "00 00 11 11 11 11 0f",
  v: "00 00 11 11 0a 0a 04",
  w: "00 00 11 15 15 15 0a",
  x: "00 00 11 0a 04 0a 11",
  y: "00 00 11 11 11 0f 01 0e",
  z: "00 00 1f 02 04 08 1f",
  "{": "02 04 04 08 04 04 02",
  "|": "04 04 04 04 04 04 04",
  "}": "08 04 04 02 04 04 08",
  "~": "00 00 08 15 02 00 00",
  "°": "06 09 09 06 00 00 00",
  µ: "00 00 11 11 11 1d 12 10",
  "±": "04 04 1f 04 04 00 1f",
  "²": "0c 02 04 08 0e 00 00",
  "³": "0e 02 06 02 0e 00 00",
  Ω: "0e 11 11 11 0a 0a 1b",
} as const;

/** Dots of a row of `DRAWN`. */
const DRAWN_COLUMNS = 5;

/** By character, its columns from the left as the display RAM has them: the upper dot is bit 0. */
const GLYPHS: ReadonlyMap<string, readonly number[]> = new Map(
  Object.entries(DRAWN).map(([character, drawn]) => {
    const rows = drawn.split(" ").map((row) => Number.parseInt(row, 16));
    const columns = Array.from({ length: DRAWN_COLUMNS }, (_, column) => {
      const bit = DRAWN_COLUMNS - 1 - column;
      return rows.reduce((dots, row, index) => dots | (((row >> bit) & 1) << index), 0);
    });
    return [character, columns];
  }),
);

/** The characters that there are. */
export const CHARACTERS: ReadonlySet<string> = new Set(GLYPHS.keys());

/**
 * What goes into the display RAM for a text.
 *
 * @param width of a character, in dots: what is more than 5 of them is dark, the first of 8 too
 * @returns `width` bytes a character, each a column of 8 dots
 * @throws DriverError `invalid-argument` for a character that there is not
 */
export function glyphsOf(text: string, width: 6 | 8): Uint8Array {
  const characters = [...text];
  const bytes = new Uint8Array(characters.length * width);
  const margin = Math.floor((width - DRAWN_COLUMNS) / 2);
  for (const [index, character] of characters.entries()) {
    const columns = GLYPHS.get(character);
    if (columns === undefined) throw cannotShow("SSD1306", character);
    bytes.set(columns, index * width + margin);
  }
  return bytes;
}
