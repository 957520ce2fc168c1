import type { BusCounts } from "./counts.ts";
import type { BusOpened } from "./opened.ts";
import type { Wiring } from "./running.ts";

/** The types of one bus, by which those of a board follow from its modules. */
export interface BusTypes {
  readonly key: string;
  /** The bus's part of an entry as it is written in a board file. */
  readonly written: unknown;
  /** The same, checked: what is granted. */
  readonly grant: unknown;
  /** An entry of the board's `simulate` list as it is written; `never` where devices of this bus cannot be simulated. */
  readonly writtenSimulated: unknown;
  /** The same, checked. */
  readonly simulated: unknown;
  /** What a platform has to implement. */
  readonly backend: unknown;
  /** What an entry has of the bus, for as long as it stays. */
  readonly wiring: Wiring;
  /** What one life of a driver has of the bus. */
  readonly opened: BusOpened;
  /** What one run of an app has of it. */
  readonly openedByApp: BusOpened;
  /** What is counted of one entry, in all lives of its driver. */
  readonly counts: BusCounts;
  /** What an entry needed while it was not enforced. As JSON has it. */
  readonly use: unknown;
}
