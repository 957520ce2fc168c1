/**
 * Instructions of the HD44780U, spelled as in table 6 of its data sheet ("HD44780U (LCD-II)", ADE-207-272(Z), revision
 * 0.0, 1999), and its times.
 */

/** Blanks the display, and goes to address 0 (table 6). */
export const CLEAR_DISPLAY = 0x01;

/** I/D increments the address after each character; S leaves the display where it is (table 6). */
export const ENTRY_MODE_INCREMENT = 0x06;

/** D switches the display; C and B, the cursor and its blinking, are off (table 6). */
export const DisplayControl = { OFF: 0x08, ON: 0x0c } as const;

/**
 * DL chooses 4 bits, N two lines, F characters of 5 by 8 dots (table 6). A display of four rows has two long lines, and so
 * have the usual ones of one row with 16 characters: their right half is line 2.
 */
export const FunctionSet4Bit = { ONE_LINE: 0x20, TWO_LINES: 0x28 } as const;

/** The upper halves of "Function set" for 8 and for 4 bits: all that start-up sends of it (figure 24). */
export const FunctionSetNibble = { BITS_8: 0x3, BITS_4: 0x2 } as const;

/** The lower 6 bits are the address: the upper 3 of them choose the character, the lower 3 its row (table 6, table 5). */
export const SET_CGRAM_ADDRESS = 0x40;

/** The lower 7 bits are the address (table 6). */
export const SET_DDRAM_ADDRESS = 0x80;

/** Characters of CGRAM, and their rows of 5 dots (table 5). */
export const CustomCharacters = { count: 8, rows: 8, columns: 5 } as const;

/** A part of a row whose characters follow each other in DDRAM. */
export interface Part {
  /** Of its first character. */
  readonly address: number;
  readonly columns: number;
}

/** How a size is wired. */
export interface Layout {
  readonly functionSet: number;
  /** The parts of each row, from the left. */
  readonly rows: readonly (readonly Part[])[];
}

const LINE_1 = 0x00;
const LINE_2 = 0x40;

/** Rows that are one part each, of two lines; both have 40 characters (figure 6). */
function twoLines(columns: number, ...addresses: readonly number[]): Layout {
  return { functionSet: FunctionSet4Bit.TWO_LINES, rows: addresses.map((address) => [{ address, columns }]) };
}

/** One row that is line 1, of one line with 80 characters (figure 4). */
function oneLine(columns: number): Layout {
  return { functionSet: FunctionSet4Bit.ONE_LINE, rows: [[{ address: LINE_1, columns }]] };
}

/**
 * Where each row is. A display of four rows shows the second part of line 1 in its row 2, and that of line 2 in its row 3.
 * Most displays of one row with 16 characters are driven as two lines of eight, which need half the wires.
 */
export const layouts = {
  "8x1": oneLine(8),
  "16x1": {
    functionSet: FunctionSet4Bit.TWO_LINES,
    rows: [
      [
        { address: LINE_1, columns: 8 },
        { address: LINE_2, columns: 8 },
      ],
    ],
  },
  "16x1-one-line": oneLine(16),
  "20x1": oneLine(20),
  "8x2": twoLines(8, LINE_1, LINE_2),
  "16x2": twoLines(16, LINE_1, LINE_2),
  "20x2": twoLines(20, LINE_1, LINE_2),
  "40x2": twoLines(40, LINE_1, LINE_2),
  "16x4": twoLines(16, LINE_1, LINE_2, LINE_1 + 16, LINE_2 + 16),
  "20x4": twoLines(20, LINE_1, LINE_2, LINE_1 + 20, LINE_2 + 20),
} as const satisfies Readonly<Record<string, Layout>>;

/** Milliseconds after the supply is there: more than 40 at 2.7 V, where 5 V parts need 15 (figure 24). */
export const POWER_ON_MS = 41;

/** Milliseconds after the first "Function set" of the start-up: more than 4.1 (figure 24). */
export const FIRST_FUNCTION_SET_MS = 4.2;

/** Milliseconds after the second one: more than 100 µs (figure 24). It is enough for any short instruction, too. */
export const SECOND_FUNCTION_SET_MS = 0.11;

/** Milliseconds of "Clear display": 1.52 at 270 kHz (table 6), 2.16 at 190 kHz, the slowest. */
export const CLEAR_DISPLAY_MS = 2.2;
