/** The checks of what a program asks a text display for, the same for every driver; all of them come before the bus. */

import { DriverError } from "./errors.ts";
import { hex } from "./hex.ts";
import type { CustomCharacters, TextDisplaySize } from "./wit.ts";

/** What a display can do apart from showing text: WIT `capabilities`. */
export interface TextDisplayCapabilities {
  /** How many levels of brightness there are above 0; 0 where nothing of it can be changed. */
  readonly brightnessLevels: number;
  /** The rates at which all of the text can blink, in hertz; empty where it cannot. */
  readonly blinkRates: readonly number[];
  /** Characters that can be drawn dot by dot; left out where there are none. */
  readonly customCharacters?: Readonly<CustomCharacters>;
}

/** In a text U+E000, the first character for private use, stands for custom character 0, the next one for 1, ... */
export const FIRST_CUSTOM_CHARACTER = 0xe000;

/**
 * Checks that `width` characters fit into `row` from `column` on.
 *
 * @throws DriverError `invalid-argument`
 */
export function checkFits(
  { rows, columns }: TextDisplaySize,
  row: number,
  column: number,
  width: number,
): void {
  if (!Number.isInteger(row) || row < 0 || row >= rows) {
    const known = rows === 1 ? "row 0 only" : `rows 0 to ${rows - 1}`;
    throw DriverError.invalidArgument(`There is no row ${row}; this display has ${known}.`);
  }
  if (!Number.isInteger(column) || column < 0 || column >= columns) {
    throw DriverError.invalidArgument(
      `There is no column ${column}; this display has columns 0 to ${columns - 1}.`,
    );
  }
  if (column + width > columns) {
    throw DriverError.invalidArgument(
      `The text is ${width} characters wide, but only ${columns - column} fit from column ${column} on; shorten it.`,
    );
  }
}

/**
 * The level that a brightness becomes: 0 for 0, otherwise the nearest one from 1 up.
 *
 * @param brightness 0 to 1
 * @returns 0 to `brightnessLevels`
 * @throws DriverError `invalid-argument`; `unsupported` where there are no levels
 */
export function brightnessLevel({ brightnessLevels }: TextDisplayCapabilities, brightness: number): number {
  if (!(brightness >= 0 && brightness <= 1)) {
    throw DriverError.invalidArgument(`The brightness is ${brightness}, but must be from 0 to 1.`);
  }
  if (brightnessLevels === 0) {
    throw DriverError.unsupported("The brightness of this display cannot be changed.");
  }
  return brightness === 0 ? 0 : Math.max(1, Math.round(brightness * brightnessLevels));
}

/**
 * Checks a blink rate.
 *
 * @param hertz one of the rates of the display, or 0, which every display takes
 * @throws DriverError `invalid-argument`; `unsupported` where nothing can blink
 */
export function checkBlinkRate({ blinkRates }: TextDisplayCapabilities, hertz: number): void {
  if (hertz === 0 || blinkRates.includes(hertz)) return;
  if (blinkRates.length === 0) throw DriverError.unsupported("This display cannot blink; use 0 hertz.");
  throw DriverError.invalidArgument(
    `The blink rate is ${hertz} hertz, but must be one of ${[0, ...blinkRates].join(", ")}.`,
  );
}

/**
 * Checks the drawing of a custom character.
 *
 * @throws DriverError `invalid-argument`; `unsupported` where there are none
 */
export function checkCustomCharacter(
  { customCharacters }: TextDisplayCapabilities,
  index: number,
  rows: readonly number[] | Uint8Array,
): void {
  if (customCharacters === undefined) {
    throw DriverError.unsupported("This display has no custom characters.");
  }
  const { count, rows: height, columns } = customCharacters;
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw DriverError.invalidArgument(
      `There is no custom character ${index}; this display has 0 to ${count - 1}.`,
    );
  }
  if (rows.length !== height) {
    throw DriverError.invalidArgument(
      `A custom character of this display has ${height} rows of dots, not ${rows.length}.`,
    );
  }
  const widest = 2 ** columns - 1;
  for (const dots of rows) {
    if (Number.isInteger(dots) && dots >= 0 && dots <= widest) continue;
    throw DriverError.invalidArgument(
      `A row of dots is ${dots}, but must be from 0 to ${widest}: this display has ${columns} in a row.`,
    );
  }
}

/** The error of a character that a display cannot show. `character` is one code point. */
export function cannotShow(model: string, character: string): DriverError {
  const code = character.codePointAt(0) ?? 0;
  const name = `U+${hex(code, 4).slice(2)}`;
  const shown = isPrintable(code) ? `"${character}" (${name})` : name;
  return DriverError.invalidArgument(
    `The ${model} cannot show ${shown}; leave it out, or write something else.`,
  );
}

/** Neither a control, nor a lone surrogate, nor for private use. StarlingMonkey has no `\p{...}` to ask. */
function isPrintable(code: number): boolean {
  const control = code < 0x20 || (code >= 0x7f && code < 0xa0);
  const surrogateOrPrivate = (code >= 0xd800 && code < 0xf900) || code >= 0xf0000;
  return !control && !surrogateOrPrivate;
}
