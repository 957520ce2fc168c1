/** Text as character codes. Pure: nothing here knows a bus. */

import { cannotShow, FIRST_CUSTOM_CHARACTER } from "@busbar/guest";
import { CustomCharacters } from "./instructions.ts";

/** Half-width katakana and its punctuation: U+FF61 to U+FF9F are 0xA1 to 0xDF, as in JIS X 0201. */
const KATAKANA = { first: 0xff61, last: 0xff9f, code: 0xa1 } as const;

/** The rest of character ROM A00 (table 4), but for what ASCII and katakana have. */
const others: ReadonlyMap<string, number> = new Map([
  ["¥", 0x5c],
  ["→", 0x7e],
  ["←", 0x7f],
  ["·", 0xa5],
  // The semi-voiced sound mark of katakana, a small circle in the upper left corner.
  ["°", 0xdf],
  ["α", 0xe0],
  ["ä", 0xe1],
  ["β", 0xe2],
  ["ε", 0xe3],
  ["μ", 0xe4],
  ["µ", 0xe4],
  ["σ", 0xe5],
  ["ρ", 0xe6],
  ["√", 0xe8],
  ["¢", 0xec],
  ["£", 0xed],
  ["ñ", 0xee],
  ["ö", 0xef],
  ["θ", 0xf2],
  ["∞", 0xf3],
  ["Ω", 0xf4],
  ["\u2126", 0xf4],
  ["ü", 0xf5],
  ["Σ", 0xf6],
  ["π", 0xf7],
  ["千", 0xfa],
  ["万", 0xfb],
  ["円", 0xfc],
  ["÷", 0xfd],
  ["█", 0xff],
]);

/**
 * The codes of `text` in character ROM A00, the usual one. It is ASCII but for "\" and "~", whose places have "¥" and
 * "→".
 *
 * @throws DriverError `invalid-argument` for a character that the ROM does not have
 */
export function characterCodes(text: string): number[] {
  return Array.from(text, (character) => {
    const code = codeOf(character);
    if (code === undefined) throw cannotShow("HD44780", character);
    return code;
  });
}

function codeOf(character: string): number | undefined {
  const point = character.codePointAt(0)!;
  if (point >= 0x20 && point <= 0x7d && character !== "\\") return point;
  if (point >= KATAKANA.first && point <= KATAKANA.last) return point - KATAKANA.first + KATAKANA.code;
  const custom = point - FIRST_CUSTOM_CHARACTER;
  if (custom >= 0 && custom < CustomCharacters.count) return custom;
  return others.get(character);
}
