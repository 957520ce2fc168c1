/** What a MyThermometer answers. FILL IN: the exact bytes, from the data sheet or recorded from the part. */

import { playerOf } from "@busbar/contract";
import type { ExpectedTransaction } from "@busbar/guest/playback";
import { MyThermometer } from "../src/my-thermometer.ts";

/** Where the part is, 7 bits. */
export const ADDRESS = 0x48;

/** Lets a test open drivers on what must happen. */
export const play = playerOf(MyThermometer, ADDRESS);

/** What must happen when the part is opened; the default options where nothing is given. */
export function opened({ control = 0x81 } = {}): ExpectedTransaction[] {
  return [{ write: [0x20, control] }];
}

/** What must happen for a reading. @param content of the temperature register, 0 to 65535 */
export function reading(content: number): ExpectedTransaction {
  return { write: [0x28], read: [content >> 8, content & 0xff] };
}

/** What must happen when it is closed. */
export const closed: ExpectedTransaction = { write: [0x20, 0x00] };
