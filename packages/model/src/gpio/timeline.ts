import * as v from "valibot";
import { numberWithin } from "../numbers.ts";
import type { WireLevel } from "./part.ts";

/** A level from a time on, in milliseconds after the timeline's beginning. */
export type TimelineChange = readonly [atMs: number, level: WireLevel];

/** Levels one after the other. */
export class Timeline {
  readonly #beginMs: number;
  readonly #before: WireLevel;
  readonly #changes: readonly TimelineChange[];

  /**
   * @param beginMs when it begins, in milliseconds of the clock
   * @param before the level until its first change
   * @param changes in the order of their times
   */
  constructor(beginMs: number, before: WireLevel, changes: readonly TimelineChange[]) {
    this.#beginMs = beginMs;
    this.#before = before;
    this.#changes = changes;
  }

  /** The level at a time. */
  level(atMs: number): WireLevel {
    return this.#changes.findLast((change) => this.#timeOf(change) <= atMs)?.[1] ?? this.#before;
  }

  /** When the next change is after a time; undefined where there is none any more. */
  nextChange(atMs: number): number | undefined {
    const next = this.#changes.find((change) => this.#timeOf(change) > atMs);
    return next && this.#timeOf(next);
  }

  /** On the clock: always the same sum, so that rounding makes no change come twice, or not at all. */
  #timeOf([atMs]: TimelineChange): number {
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
