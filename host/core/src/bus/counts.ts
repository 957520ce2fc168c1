import * as v from "valibot";

/** A count in what a run recorded. */
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** What is counted of one entry on a bus. */
export interface BusCounts {
  /** What was noted so far, as `BusTypes` has it; undefined where nothing was done, and where nothing is noted. */
  readonly use: unknown;
}
