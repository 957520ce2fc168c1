/** Opens drivers on what must happen, for the tests. */

import { DriverError } from "@busbar/guest";
import { type ExpectedTransaction, Playback } from "@busbar/guest/playback";
import { expect } from "vitest";
import { BME280, type BME280Options } from "../src/bme280.ts";
import { sample } from "./chip.ts";

/** Where the part of the tests is. */
export const ADDRESS = 0x76;

/** `sample` from chip.ts, to four places. */
export const wholeSample = {
  temperature: expect.closeTo(sample.temperature, 4),
  pressure: expect.closeTo(sample.pressure, 4),
  humidity: expect.closeTo(sample.humidity, 4),
};

/** What a driver writes to put a part with the default options to sleep. */
export const sleep: ExpectedTransaction = { write: [0xf4, 0b001_001_00] };

/** Lets `use` open a driver on `expected`, all of which must have happened at the end. */
export function play<Result>(
  expected: readonly ExpectedTransaction[],
  use: (open: (options?: Partial<BME280Options>) => BME280, playback: Playback) => Result,
): Result {
  const playback = new Playback(ADDRESS, expected);
  const result = use((options) => new BME280(playback.target, playback.delay, options), playback);
  playback.done();
  return result;
}

/** The WIT error that `body` throws. */
export function payload(body: () => unknown) {
  try {
    body();
  } catch (error) {
    if (error instanceof DriverError) return error.payload;
    throw error;
  }
  throw new Error("nothing was thrown");
}
