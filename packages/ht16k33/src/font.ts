/** Text as segments. Pure: nothing here knows a bus. */

import { cannotShow, DriverError } from "@busbar/guest";

/** Bit 0 is segment A (top), then clockwise B to F, then G (middle). */
export const DECIMAL_POINT = 0b1000_0000;

/** The colon lights between this column and the next one. */
export const COLON_COLUMN = 1;

/**
 * What seven segments can show. Letters in the one form that is read as them, upper or lower case; both where both
 * exist. There is no K, M, V, W or X. Digits, A, b, C, d, E, F, "-" and " " are the same in every public font.
 */
const glyphs: ReadonlyMap<string, number> = new Map([
  ...pairs("0123456789", [0x3f, 0x06, 0x5b, 0x4f, 0x66, 0x6d, 0x7d, 0x07, 0x7f, 0x6f]),
  ...pairs("ABCDEFGHIJ", [0x77, 0x7c, 0x39, 0x5e, 0x79, 0x71, 0x3d, 0x76, 0x30, 0x1e]),
  ...pairs("abcdefghij", [0x5f, 0x7c, 0x58, 0x5e, 0x7b, 0x71, 0x6f, 0x74, 0x10, 0x0c]),
  ...pairs("LNOPQRSTUYZ", [0x38, 0x37, 0x3f, 0x73, 0x67, 0x50, 0x6d, 0x78, 0x3e, 0x6e, 0x5b]),
  ...pairs("lnopqrstuyz", [0x30, 0x54, 0x5c, 0x73, 0x67, 0x50, 0x6d, 0x78, 0x1c, 0x6e, 0x5b]),
  ...pairs(" -_=°'\"^", [0x00, 0x40, 0x08, 0x48, 0x63, 0x20, 0x22, 0x23]),
  ...pairs("()[]/\\|?!", [0x39, 0x0f, 0x39, 0x0f, 0x52, 0x64, 0x30, 0x53, 0x86]),
]);

function pairs(characters: string, segments: readonly number[]): [string, number][] {
  return segments.map((each, index) => [characters[index]!, each]);
}

/** A text, laid out. */
export interface Layout {
  /** The segments of each column. */
  readonly cells: readonly number[];
  /** Whether the text has the colon. */
  readonly colon: boolean;
}

/**
 * Lays `text` out from `column` on. A point belongs to the digit before it; where there is none, or it has a point
 * already, it takes a blank digit of its own. The colon is the one between columns 1 and 2, and takes none.
 *
 * @throws DriverError `invalid-argument` for what seven segments cannot show, and for a colon elsewhere
 */
export function layOut(text: string, column: number): Layout {
  const cells: number[] = [];
  let colon = false;
  for (const character of text) {
    const last = column + cells.length - 1;
    if (character === ":") {
      if (cells.length === 0 || last !== COLON_COLUMN || colon) {
        throw DriverError.invalidArgument(
          `The HT16K33 display has one colon, after column ${COLON_COLUMN}; write it there, as in "12:30" from column 0 on.`,
        );
      }
      colon = true;
    } else if (character === ".") {
      const before = cells.at(-1);
      // Behind the colon a point would light in front of it.
      const taken =
        before === undefined || (before & DECIMAL_POINT) !== 0 || (colon && last === COLON_COLUMN);
      if (taken) cells.push(DECIMAL_POINT);
      else cells[cells.length - 1] = before | DECIMAL_POINT;
    } else {
      const segments = glyphs.get(character);
      if (segments === undefined) throw cannotShow("HT16K33", character);
      cells.push(segments);
    }
  }
  return { cells, colon };
}
