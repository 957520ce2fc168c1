import * as v from "valibot";
import { type BusCounts, count } from "../counts.ts";
import type { SpiOperation } from "./backend.ts";
import type { WrittenSpiGrant } from "./grant.ts";
import { spiLengthOf } from "./judge.ts";

/** What was done with an SPI device. */
export interface SpiUseMade {
  readonly reads: boolean;
  readonly writes: boolean;
  /** In bytes, of one read, write or transfer; 0 where there were only delays. */
  readonly maximumLength: number;
}

/** Notes what is done with an SPI device; one for an entry as long as that stays. */
export class SpiCounts implements BusCounts {
  readonly #isRecorded: boolean;
  #use: SpiUseMade | undefined;

  /** @param isRecorded whether anything is noted at all */
  constructor(isRecorded: boolean) {
    this.#isRecorded = isRecorded;
  }

  /** What was noted so far; undefined where nothing was. */
  get use(): SpiUseMade | undefined {
    return this.#use;
  }

  /** What a transaction is made of. A transfer reads and writes. */
  operations(operations: readonly SpiOperation[]): void {
    if (!this.#isRecorded || operations.length === 0) return;
    let { reads, writes, maximumLength } = this.#use ?? { reads: false, writes: false, maximumLength: 0 };
    for (const operation of operations) {
      if (operation.kind === "read" || operation.kind === "transfer") reads = true;
      if (operation.kind === "write" || operation.kind === "transfer") writes = true;
      maximumLength = Math.max(maximumLength, spiLengthOf(operation));
    }
    this.#use = { reads, writes, maximumLength };
  }
}

/** What a run recorded of SPI, and what is made of it. */
export const spiUse = {
  schema: v.strictObject({ reads: v.boolean(), writes: v.boolean(), maximumLength: count }),

  merge: (left: SpiUseMade, right: SpiUseMade): SpiUseMade => ({
    reads: left.reads || right.reads,
    writes: left.writes || right.writes,
    maximumLength: Math.max(left.maximumLength, right.maximumLength),
  }),

  least(written: WrittenSpiGrant, { reads, writes, maximumLength }: SpiUseMade): WrittenSpiGrant {
    // Whoever only waited needs no byte, which no entry can say.
    if (maximumLength === 0) return written;
    const { direction: _, ...device } = written;
    const direction = reads && writes ? {} : { direction: reads ? ("read" as const) : ("write" as const) };
    return { ...device, ...direction, maximumLength };
  },
};
