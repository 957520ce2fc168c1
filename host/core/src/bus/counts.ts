/** What is counted of one entry on a bus. */
export interface BusCounts {
  /** What was noted so far, as `BusTypes` has it; undefined where nothing was done, and where nothing is noted. */
  readonly use: unknown;
}
