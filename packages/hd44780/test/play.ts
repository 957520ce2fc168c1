/** Opens drivers on what must happen, for the tests. */

import { playerOf } from "@busbar/contract";
import type { ExpectedTransaction } from "@busbar/guest/playback";
import { HD44780, type HD44780Options } from "../src/hd44780.ts";

/** Where the part of the tests is. */
export const ADDRESS = 0x27;

const RS = 0x01;
const E = 0x04;
/** The backlight's pin on the usual backpack. */
export const LIGHT = 0x08;

/** What goes out for one byte: RS and the upper half first, then each half with E high and low. */
export function byte(value: number, { rs = 0, light = LIGHT } = {}): number[] {
  const upper = (value & 0xf0) | (rs === 1 ? RS : 0) | light;
  const lower = ((value << 4) & 0xf0) | (rs === 1 ? RS : 0) | light;
  return [upper, upper | E, upper, lower | E, lower];
}

/** The same for half of a byte, while 4 bits are not chosen yet. */
export function nibble(value: number, { light = LIGHT } = {}): number[] {
  const state = (value << 4) | light;
  return [state, state | E, state];
}

/** One write of instructions. */
export function instructions(...values: number[]): ExpectedTransaction {
  return { write: values.flatMap((value) => byte(value)) };
}

/** Writes of an address and of the text after it, six bytes each at most. */
export function text(address: number, characters: string | number[]): ExpectedTransaction[] {
  const codes =
    typeof characters === "string" ? Array.from(characters, (each) => each.charCodeAt(0)) : characters;
  const all = [byte(0x80 | address), ...codes.map((code) => byte(code, { rs: 1 }))];
  const writes: ExpectedTransaction[] = [];
  while (all.length > 0) writes.push({ write: all.splice(0, 6).flat() });
  return writes;
}

/** Three times 8 bits, then 4 bits, and what follows in the same write. */
export function inStep(settings: readonly number[], { light = LIGHT } = {}): ExpectedTransaction[] {
  const eight = { write: nibble(3, { light }) };
  return [
    eight,
    eight,
    eight,
    { write: [nibble(2, { light }), ...settings.map((value) => byte(value, { light }))].flat() },
  ];
}

/** What must happen when a display is opened. */
export function opened({ light = LIGHT } = {}): ExpectedTransaction[] {
  return [
    { write: [light] },
    ...inStep([0x28, 0x08, 0x01], { light }),
    { write: [byte(0x06, { light }), byte(0x0c, { light })].flat() },
  ];
}

/** What must happen before anything else after a failed write. */
export const again = inStep([0x28, 0x06, 0x0c]);

/** What must happen when it is closed. */
export const closed: ExpectedTransaction = { write: [0x00, ...byte(0x08, { light: 0 })] };

/** Lets a test open drivers on what must happen, all of which must have happened at the end. */
export const play = playerOf<HD44780Options, HD44780>(HD44780, ADDRESS);
