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

/** DL chooses 4 bits, N two lines, F characters of 5 by 8 dots (table 6). A display of four rows has two long lines. */
export const FUNCTION_SET_4BIT_2LINE = 0x28;

/** The upper halves of "Function set" for 8 and for 4 bits: all that start-up sends of it (figure 24). */
export const FunctionSetNibble = { BITS_8: 0x3, BITS_4: 0x2 } as const;

/** The lower 6 bits are the address: the upper 3 of them choose the character, the lower 3 its row (table 6, table 5). */
export const SET_CGRAM_ADDRESS = 0x40;

/** The lower 7 bits are the address (table 6). */
export const SET_DDRAM_ADDRESS = 0x80;

/** Characters of CGRAM, and their rows of 5 dots (table 5). */
export const CustomCharacters = { count: 8, rows: 8, columns: 5 } as const;

/**
 * Where each row begins in DDRAM. Both lines have 40 characters (figure 6): a display of four rows shows the second part
 * of line 1 in its row 2, and that of line 2 in its row 3.
 */
export const rowAddresses = {
  "8x2": [0x00, 0x40],
  "16x2": [0x00, 0x40],
  "20x2": [0x00, 0x40],
  "40x2": [0x00, 0x40],
  "16x4": [0x00, 0x40, 0x10, 0x50],
  "20x4": [0x00, 0x40, 0x14, 0x54],
} as const;

/** Milliseconds after the supply is there: more than 40 at 2.7 V, where 5 V parts need 15 (figure 24). */
export const POWER_ON_MS = 41;

/** Milliseconds after the first "Function set" of the start-up: more than 4.1 (figure 24). */
export const FIRST_FUNCTION_SET_MS = 4.2;

/** Milliseconds after the second one: more than 100 µs (figure 24). It is enough for any short instruction, too. */
export const SECOND_FUNCTION_SET_MS = 0.11;

/** Milliseconds of "Clear display": 1.52 at 270 kHz (table 6), 2.16 at 190 kHz, the slowest. */
export const CLEAR_DISPLAY_MS = 2.2;
