/** Playback tests of driver classes: what every driver package's tests need besides @busbar/guest/playback. */

import {
  type BusFaultKind,
  type Delay,
  type DeviceError,
  DriverError,
  type I2cErrorCode,
  type I2cTarget,
} from "@busbar/guest";
import { type ExpectedTransaction, Playback } from "@busbar/guest/playback";

/** Every way in which a transaction can fail: as the host says it, and as the driver's caller sees it. */
export const busFaults: readonly { readonly code: I2cErrorCode; readonly kind: BusFaultKind }[] = [
  { code: { tag: "bus" }, kind: "bus" },
  { code: { tag: "arbitration-loss" }, kind: "arbitration-loss" },
  { code: { tag: "no-acknowledge", val: "address" }, kind: "no-acknowledge-address" },
  { code: { tag: "no-acknowledge", val: "data" }, kind: "no-acknowledge-data" },
  { code: { tag: "no-acknowledge", val: "unknown" }, kind: "no-acknowledge" },
  { code: { tag: "overrun" }, kind: "overrun" },
  { code: { tag: "other" }, kind: "other" },
];

/** Each of `busFaults` at each of some transactions: its place in the list, and the fault. For `test.each`. */
export function strikes(
  transactions: readonly ExpectedTransaction[],
): [number, BusFaultKind, I2cErrorCode][] {
  return transactions.flatMap((_, index) =>
    busFaults.map(({ kind, code }): [number, BusFaultKind, I2cErrorCode] => [index, kind, code]),
  );
}

/**
 * Makes the function that lets a test open drivers on what must happen, all of which must have happened at the end.
 *
 * @param Driver the driver class
 * @param address where the part of the tests is, 7 bits
 */
export function playerOf<Options, Driver>(
  Driver: new (target: I2cTarget, delay: Delay, options?: Partial<Options>) => Driver,
  address: number,
) {
  return <Result>(
    expected: readonly ExpectedTransaction[],
    use: (open: (options?: Partial<Options>) => Driver, playback: Playback) => Result,
  ): Result => {
    const playback = new Playback(address, expected);
    const result = use((options) => new Driver(playback.target, playback.delay, options), playback);
    playback.done();
    return result;
  };
}

/** The WIT error that `body` throws. What is no DriverError is thrown on: it would be a bug in the driver. */
export function payload(body: () => unknown): DeviceError {
  try {
    body();
  } catch (error) {
    if (error instanceof DriverError) return error.payload;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** "1d6e ad66" as bytes. */
export function bytes(hexText: string): number[] {
  return Array.from(hexText.matchAll(/[\da-f]{2}/gi), ([byte]) => Number.parseInt(byte, 16));
}
