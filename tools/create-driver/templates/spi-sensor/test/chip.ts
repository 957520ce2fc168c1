/** What a MySpiSensor answers. FILL IN: the exact bytes, from the data sheet or recorded from the part. */

import { SpiRegisterTarget } from "@busbar/guest";
import { type ExpectedSpiTransaction, SpiPlayback } from "@busbar/guest/spi-playback";
import { MySpiSensor, type MySpiSensorOptions } from "../src/my-spi-sensor.ts";

type Open = (options?: Partial<MySpiSensorOptions>) => MySpiSensor;

/** Lets a test open drivers on what must happen, all of which must have happened at the end. */
export function play<Result>(
  expected: readonly ExpectedSpiTransaction[],
  use: (open: Open, playback: SpiPlayback) => Result,
): Result {
  const playback = new SpiPlayback(expected);
  const target = new SpiRegisterTarget(playback.device);
  const result = use((options) => new MySpiSensor(target, playback.timer, options), playback);
  playback.done();
  return result;
}

/** What must happen when the part is opened; the default options where nothing is given. Bit 7 of a register is 1 where it is read. */
export function opened({ identity = 0x5a, control = 0x81 } = {}): ExpectedSpiTransaction[] {
  return [
    { operations: [{ write: [0x8f] }, { read: [identity] }] },
    { operations: [{ write: [0x20, control] }] },
  ];
}

/** What must happen for a reading. @param content of the temperature register, 0 to 65535 */
export function reading(content: number): ExpectedSpiTransaction {
  return { operations: [{ write: [0xa8] }, { read: [content >> 8, content & 0xff] }] };
}

/** What must happen when it is closed. */
export const closed: ExpectedSpiTransaction = { operations: [{ write: [0x20, 0x00] }] };
