/** What a MyDisplay is sent. FILL IN: the exact bytes, from the data sheet or recorded from the part. */

import { playerOf } from "@busbar/contract";
import type { ExpectedTransaction } from "@busbar/guest/playback";
import { MyDisplay } from "../src/my-display.ts";

/** Where the part is, 7 bits. */
export const ADDRESS = 0x3c;

/** Lets a test open drivers on what must happen. */
export const play = playerOf(MyDisplay, ADDRESS);

/** What must happen when the part is opened. */
export function opened({ brightness = 15 } = {}): ExpectedTransaction[] {
  return [{ write: [0x01] }, { write: [0x40 + brightness] }, { write: [0x0f] }];
}

/** A text at a place. */
export function text(place: number, ascii: string): ExpectedTransaction {
  return { write: [place, ...new TextEncoder().encode(ascii)] };
}

/** What must happen when it is closed. */
export const closed: ExpectedTransaction = { write: [0x08] };
