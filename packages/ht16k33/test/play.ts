/** Opens drivers on what must happen, for the tests. */

import { playerOf } from "@busbar/contract";
import type { ExpectedTransaction } from "@busbar/guest/playback";
import { HT16K33, type HT16K33Options } from "../src/ht16k33.ts";

/** Where the part of the tests is. */
export const ADDRESS = 0x70;

/** The whole display RAM: "3f 00 3f", the rest is 0. */
export function frame(hexText = ""): ExpectedTransaction {
  const bytes = Array.from(hexText.matchAll(/[\da-f]{2}/gi), ([byte]) => Number.parseInt(byte, 16));
  return { write: [0x00, ...bytes, ...Array(16 - bytes.length).fill(0)] };
}

/** What must happen when a display is opened. */
export function opened({ dimming = 0xef, on = 0x81 } = {}): ExpectedTransaction[] {
  return [{ write: [0x21] }, { write: [0xa0] }, { write: [dimming] }, frame(), { write: [on] }];
}

/** What must happen when it is closed. */
export const closed: ExpectedTransaction[] = [{ write: [0x80] }, { write: [0x20] }];

/** Lets a test open drivers on what must happen, all of which must have happened at the end. */
export const play = playerOf<HT16K33Options, HT16K33>(HT16K33, ADDRESS);
