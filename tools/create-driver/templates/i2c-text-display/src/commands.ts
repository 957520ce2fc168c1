/** Commands of the MyDisplay. FILL IN: names and values as the data sheet spells them. */

/** Rows and columns of text. */
export const SIZE = { rows: 2, columns: 16 } as const;

/** The first byte of each message. */
export const Command = {
  /** Blanks the display. */
  CLEAR: 0x01,
  /** Switches it on, lit. */
  ON: 0x0f,
  /** Switches it off; the text is kept. */
  OFF: 0x08,
  /** In the lower four bits the brightness, 1 to 15. */
  BRIGHTNESS: 0x40,
  /** In bit 6 the row, in bits 5 to 0 the column; the text follows. */
  TEXT: 0x80,
} as const;

/** Where the row is in {@link Command.TEXT}. */
export const ROW_BIT = 6;

/** The highest brightness. */
export const BRIGHTEST = 15;

/** How long `CLEAR` takes, in milliseconds. */
export const CLEAR_MS = 2;
