import * as v from "valibot";
import { numberWithin } from "../numbers.ts";
import type { WireLevel } from "./part.ts";

/** A level from a time on, in milliseconds after the timeline's beginning; undefined where nobody drives the line from then on. */
export type TimelineChange<Level extends WireLevel | undefined = WireLevel> = readonly [
  atMs: number,
  level: Level,
];

/** Levels one after the other. */
export class Timeline<Level extends WireLevel | undefined = WireLevel> {
  readonly #beginMs: number;
  readonly #before: Level;
  readonly #changes: readonly TimelineChange<Level>[];

  /**
   * @param beginMs when it begins, in milliseconds of the clock
   * @param before the level until its first change
   * @param changes in the order of their times
   */
  constructor(beginMs: number, before: Level, changes: readonly TimelineChange<Level>[]) {
    this.#beginMs = beginMs;
    this.#before = before;
    this.#changes = changes;
  }

  /** The level at a time. */
  level(atMs: number): Level {
    const last = this.#changes.findLast((change) => this.#timeOf(change) <= atMs);
    return last === undefined ? this.#before : last[1];
  }

  /** When the next change is after a time; undefined where there is none any more. */
  nextChange(atMs: number): number | undefined {
    const next = this.#changes.find((change) => this.#timeOf(change) > atMs);
    return next && this.#timeOf(next);
  }

  /** On the clock: always the same sum, so that rounding makes no change come twice, or not at all. */
  #timeOf([atMs]: TimelineChange<Level>): number {
    return this.#beginMs + atMs;
  }
}

/** The changes of a timeline as the board file has them: `[[100, "high"], [150.5, "low"]]`. */
export const timelineChanges = v.pipe(
  v.array(v.strictTuple([numberWithin(0, 1e9), v.picklist(["low", "high"])], "expected a time and a level")),
  v.maxLength(10_000, "expected at most 10000 changes"),
  v.check(
    (changes) => changes.every(([atMs], index) => index === 0 || atMs > changes[index - 1]![0]),
    "expected the changes in the order of their times, and no two at one time",
  ),
);
