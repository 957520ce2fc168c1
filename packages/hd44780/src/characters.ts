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

/** A row of a table: characters whose codes follow each other. */
function following(first: number, characters: string): [string, number][] {
  return Array.from(characters, (character, index) => [character, first + index]);
}

/** What character ROM A02 (table 4) has elsewhere than ASCII and Latin-1 have it, or besides. */
const europeans: ReadonlyMap<string, number> = new Map([
  ...following(0x10, "▶◀“”⏫⏬●↲↑↓→←≤≥▲▼"),
  ["⌂", 0x7f],
  ...following(0x80, "БДЖЗИЙЛПУЦЧШЩЪЫЭ"),
  ...following(0x90, "α♪ΓπΣσ♬τ🔔θΩδ∞♥ε∩"),
  ["\u2126", 0x9a],
  ["‖", 0xa0],
  ["ƒ", 0xa8],
  ["Ю", 0xac],
  ["Я", 0xad],
  ["´", 0xaf],
  ["₧", 0xb4],
  ["μ", 0xb5],
  ["ω", 0xb8],
  ["Φ", 0xd8],
]);

/** Latin-1 that the ROM does not have where Latin-1 has it: a blank, marks, and what is something else there. */
const notEuropean: ReadonlySet<number> = new Set([0xa0, 0xa8, 0xac, 0xad, 0xaf, 0xb4, 0xb8]);

/** Character ROMs of the HD44780U. */
export type Rom = "A00" | "A02";

/**
 * The codes of `text` in a character ROM. A00, the usual one, is ASCII but for "\\" and "~", whose places have "¥" and
 * "→"; A02 is ASCII and nearly all of Latin-1.
 *
 * @throws DriverError `invalid-argument` for a character that the ROM does not have
 */
export function characterCodes(text: string, rom: Rom = "A00"): number[] {
  const codeOf = rom === "A00" ? codeInA00 : codeInA02;
  return Array.from(text, (character) => {
    const point = character.codePointAt(0)!;
    const custom = point - FIRST_CUSTOM_CHARACTER;
    const code = custom >= 0 && custom < CustomCharacters.count ? custom : codeOf(character, point);
    if (code === undefined) throw cannotShow("HD44780", character);
    return code;
  });
}

function codeInA00(character: string, point: number): number | undefined {
  if (point >= 0x20 && point <= 0x7d && character !== "\\") return point;
  if (point >= KATAKANA.first && point <= KATAKANA.last) return point - KATAKANA.first + KATAKANA.code;
  return others.get(character);
}

function codeInA02(character: string, point: number): number | undefined {
  if (point >= 0x20 && point <= 0x7e) return point;
  if (point >= 0xa1 && point <= 0xff && !notEuropean.has(point)) return point;
  return europeans.get(character);
}
