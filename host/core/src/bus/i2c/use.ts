import * as v from "valibot";
import { type BusCounts, count } from "../counts.ts";
import type { I2cOperation } from "./backend.ts";
import type { WrittenI2cGrant } from "./grant.ts";

/** What was done on an I2C target. */
export interface I2cUseMade {
  readonly reads: boolean;
  readonly writes: boolean;
  /** In bytes, of one read or write. */
  readonly maximumLength: number;
}

/** Notes what is done on an I2C target; one for an entry as long as that stays. */
export class I2cCounts implements BusCounts {
  readonly #isRecorded: boolean;
  #use: I2cUseMade | undefined;

  /** @param isRecorded whether anything is noted at all */
  constructor(isRecorded: boolean) {
    this.#isRecorded = isRecorded;
  }

  /** What was noted so far; undefined where nothing was. */
  get use(): I2cUseMade | undefined {
    return this.#use;
  }

  /** What a transaction is made of. */
  operations(operations: readonly I2cOperation[]): void {
    if (!this.#isRecorded) return;
    let { reads, writes, maximumLength } = this.#use ?? { reads: false, writes: false, maximumLength: 0 };
    for (const operation of operations) {
      if (operation.kind === "read") reads = true;
      else writes = true;
      const length = operation.kind === "read" ? operation.length : operation.data.length;
      maximumLength = Math.max(maximumLength, length);
    }
    if (operations.length > 0) this.#use = { reads, writes, maximumLength };
  }
}

/** What a run recorded of I2C, and what is made of it. */
export const i2cUse = {
  schema: v.strictObject({ reads: v.boolean(), writes: v.boolean(), maximumLength: count }),

  merge: (left: I2cUseMade, right: I2cUseMade): I2cUseMade => ({
    reads: left.reads || right.reads,
    writes: left.writes || right.writes,
    maximumLength: Math.max(left.maximumLength, right.maximumLength),
  }),

  least(written: WrittenI2cGrant, { reads, writes, maximumLength }: I2cUseMade): WrittenI2cGrant {
    const { direction: _, ...target } = written;
    const direction = reads && writes ? {} : { direction: reads ? ("read" as const) : ("write" as const) };
    return { ...target, ...direction, maximumLength };
  },
};
