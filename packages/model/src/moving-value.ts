import * as v from "valibot";
import { numberWithin } from "./numbers.ts";

/** A value that stays, or one that goes up and down as a sine. */
export type MovingValue =
  | number
  | {
      /** The value in the middle, which is also the first. */
      readonly mean: number;
      /** How far it goes to either side. */
      readonly swing: number;
      /** The time of one whole oscillation, in seconds. */
      readonly periodSeconds: number;
    };

/** The value at a time, in milliseconds since the chip was powered. */
export function valueAt(value: MovingValue, elapsedMs: number): number {
  if (typeof value === "number") return value;
  return value.mean + value.swing * Math.sin((2 * Math.PI * elapsedMs) / (1000 * value.periodSeconds));
}

/** The smallest and the largest value. */
export function extremes(value: MovingValue): [minimum: number, maximum: number] {
  if (typeof value === "number") return [value, value];
  return [value.mean - Math.abs(value.swing), value.mean + Math.abs(value.swing)];
}

/** A moving value of a board file that never leaves `minimum` to `maximum`. */
export function movingValue(minimum: number, maximum: number) {
  const expected = `expected a number from ${minimum} to ${maximum}, or { mean, swing, periodSeconds } that stays there`;
  const moving = v.strictObject({
    mean: v.number(),
    swing: v.number(),
    periodSeconds: numberWithin(0.001, 1e9),
  });
  return v.pipe(
    v.union([v.number(), moving], expected),
    v.check((value: MovingValue) => {
      const [lowest, highest] = extremes(value);
      return lowest >= minimum && highest <= maximum;
    }, expected),
  );
}
