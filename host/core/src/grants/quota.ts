import type { CommonEntry } from "../board/entry.ts";
import type { BusCounts } from "../bus/counts.ts";
import { type BusModule, type BusModules, wiredBuses } from "../bus/module.ts";
import type { BusTypes } from "../bus/types.ts";
import type { Clock } from "../clock.ts";
import { RateLimit, type Taken, type TransactionQuota } from "./rate.ts";
import { TransactionPeak } from "./transaction-peak.ts";
import type { DeviceUse } from "./use.ts";

/**
 * What the limits of one entry of the board leave, and what its device needs where the entry is not enforced. One for a device as
 * long as its entry stays: all lives of its driver, and all runs of the apps that drive it, use it together, so that nobody gets
 * a quota again by starting again.
 */
export class DeviceQuota implements TransactionQuota {
  readonly #peak: TransactionPeak | undefined;
  readonly #rate: RateLimit | undefined;
  /** By the buses' keys. */
  readonly #counts: ReadonlyMap<string, BusCounts>;

  constructor(entry: CommonEntry, clock: Clock, modules: BusModules) {
    const { transactionsPerSecond } = entry.limits;
    const isRecorded = entry.enforce === false;
    this.#peak = isRecorded ? new TransactionPeak(clock) : undefined;
    this.#rate =
      transactionsPerSecond === undefined ? undefined : new RateLimit(clock, transactionsPerSecond);
    this.#counts = new Map(
      wiredBuses(modules, entry).map(({ module, grant }) => [module.key, module.count(grant, isRecorded)]),
    );
  }

  /** What is counted on one bus; undefined where the entry is not wired to it, and so has nothing there. */
  countsOf<Types extends BusTypes>({ key }: BusModule<Types>): Types["counts"] | undefined {
    return this.#counts.get(key);
  }

  /** Counts an I2C transaction or a submitted USB transfer; more than so many in a second are too many. */
  takeTransaction(): Taken {
    this.#peak?.transaction();
    if (this.#rate?.take() ?? true) return "taken";
    return this.#peak === undefined ? "refused" : "over";
  }

  /** What the device needed so far; undefined where its entry is enforced. */
  get use(): DeviceUse | undefined {
    if (this.#peak === undefined) return undefined;
    const used = [...this.#counts].flatMap(([key, { use }]) => (use === undefined ? [] : [[key, use]]));
    return { transactionsPerSecond: this.#peak.perSecond, ...Object.fromEntries(used) };
  }
}
