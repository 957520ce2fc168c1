/** What a TMP102 answers. */

import { playerOf } from "@busbar/contract";
import type { ExpectedTransaction } from "@busbar/guest/playback";
import { TMP102 } from "../src/tmp102.ts";

/** With ADD0 at ground ("Serial Bus Address"). */
export const ADDRESS = 0x48;

/** Lets a test open drivers on what must happen. */
export const play = playerOf(TMP102, ADDRESS);

/** A register read or write; each is 16 bits, most significant byte first. */
export const read = (register: number, content: number): ExpectedTransaction => ({
  write: [register],
  read: [content >> 8, content & 0xff],
});
export const write = (register: number, content: number): ExpectedTransaction => ({
  write: [register, content >> 8, content & 0xff],
});

/** The configuration with the default options: 4 Hz, nothing else; R1 and R0 only when it is read. */
export const DEFAULT = 0x0080;
/** Read-only: R1 and R0; AL, which is 1 where there is no alert. */
const FIXED = 0x6020;

/** What must happen when a TMP102 is opened in one-shot mode; the default options where nothing is given. */
export function openTMP102({ configuration = DEFAULT, low = 0x4b00, high = 0x5000, identity = 0x60a0 } = {}) {
  const asleep = configuration | 0x0100;
  return [
    read(1, identity),
    write(1, asleep),
    write(2, low),
    write(3, high),
    read(1, asleep | FIXED),
  ] satisfies ExpectedTransaction[];
}

/** The same in continuous mode. */
export function openContinuous({ configuration = DEFAULT } = {}): ExpectedTransaction[] {
  return [...openTMP102({ configuration }), write(1, configuration)];
}

/** A reading in one-shot mode. */
export function readOnce({ configuration = DEFAULT, content = 0x1910 } = {}): ExpectedTransaction[] {
  return [write(1, configuration | 0x8100), read(1, configuration | 0xe120), read(0, content)];
}

/** What 0x1910 is. */
export const sample = { temperature: 25.0625 };
/** What the driver writes to shut a part with the default options down. */
export const shutDown = write(1, DEFAULT | 0x0100);
