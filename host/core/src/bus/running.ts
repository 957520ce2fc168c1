/** What there is of a bus while a board is open: for one entry, for one life of its driver, and for one run of an app. */

import type { CommonEntry } from "../board/entry.ts";
import type { Clock } from "../clock.ts";
import type { CallBudget } from "../instance/budget.ts";
import type { CommonContext } from "../instance/context.ts";
import type { Trace } from "../trace/trace.ts";
import type { BusCounts } from "./counts.ts";
import type { BusOpened } from "./opened.ts";

/** What one entry of a board is wired to on one bus, for as long as the entry stays. */
export interface Wiring<Opened extends BusOpened = BusOpened, Counts extends BusCounts = BusCounts> {
  /**
   * Opens it for one life of the entry's driver. Where its device can be absent, this waits for it.
   *
   * @throws BackendError where the bus is not there or cannot be used; the signal's reason
   */
  open(life: BusLife<Counts>): Opened | Promise<Opened>;

  /**
   * Why its device is not there now, as one sentence without its end; undefined where it is, and where only opening it tells.
   *
   * @throws BackendError when the platform has no such bus
   */
  missing?(): Promise<string | undefined>;

  /** Tells when its device comes or leaves. Absent where nobody can know. */
  watch?(listener: (event: "arrived" | "left") => void): Disposable;

  /** The entry is gone: its device is free for others. */
  remove?(): void;
}

/** One life of a driver. */
export interface BusLife<Counts extends BusCounts = BusCounts> {
  readonly context: CommonContext;
  /** What is counted of the entry on this bus, in all of its lives. */
  readonly counts: Counts;
  /** Aborts when nobody needs the driver any more. */
  readonly signal: AbortSignal;
  /** Called when it waits for its device, with why: one sentence without its end. */
  waiting(reason: string): void;
}

/** A device that an app drives itself. */
export interface DrivenDevice<Grant = unknown, Counts extends BusCounts = BusCounts, Wired = Wiring> {
  /** Its name in the board file. */
  readonly name: string;
  readonly entry: CommonEntry;
  readonly grant: Grant;
  readonly wiring: Wired;
  readonly quota: CommonContext["quota"];
  /** What is counted of the entry on this bus, in all runs of all apps together. */
  readonly counts: Counts;
}

/** One run of an app. */
export interface AppRun {
  /** The app's name in the board file. */
  readonly app: string;
  /** The devices that it drives itself, on whatever bus. */
  readonly wired: ReadonlyMap<string, CommonEntry>;
  readonly clock: Clock;
  readonly trace: Trace;
  /** Of its calls. */
  readonly budget: CallBudget;
}

/** Ends all that was opened. */
export async function endAll(opened: ReadonlyMap<string, BusOpened>): Promise<void> {
  await Promise.all([...opened.values()].map((each) => each.end()));
}
