/** What was done on a bus whose transactions move bytes in two directions, and what is made of that. */

import * as v from "valibot";
import { type BusCounts, count } from "./counts.ts";

/** What was done. */
export interface BytesUse {
  readonly reads: boolean;
  readonly writes: boolean;
  /** In bytes, of one operation; 0 where there was none with bytes. */
  readonly maximumLength: number;
}

/** Notes what is done; one for an entry as long as that stays. */
export class BytesCounts<Operation> implements BusCounts {
  readonly #isRecorded: boolean;
  readonly #useOf: (operation: Operation) => BytesUse;
  #use: BytesUse | undefined;

  /**
   * @param isRecorded whether anything is noted at all
   * @param useOf what one operation does
   */
  constructor(isRecorded: boolean, useOf: (operation: Operation) => BytesUse) {
    this.#isRecorded = isRecorded;
    this.#useOf = useOf;
  }

  /** What was noted so far; undefined where nothing was. */
  get use(): BytesUse | undefined {
    return this.#use;
  }

  /** What a transaction is made of. */
  operations(operations: readonly Operation[]): void {
    if (!this.#isRecorded) return;
    for (const operation of operations) {
      const use = this.#useOf(operation);
      this.#use = this.#use === undefined ? use : merge(this.#use, use);
    }
  }
}

function merge(left: BytesUse, right: BytesUse): BytesUse {
  return {
    reads: left.reads || right.reads,
    writes: left.writes || right.writes,
    maximumLength: Math.max(left.maximumLength, right.maximumLength),
  };
}

/** What a run recorded, and what is made of it: direction and length, and nothing else of what is written. */
export const bytesUse = {
  schema: v.strictObject({ reads: v.boolean(), writes: v.boolean(), maximumLength: count }),

  merge,

  least<Written extends { readonly direction?: unknown; readonly maximumLength?: unknown }>(
    written: Written,
    { reads, writes, maximumLength }: BytesUse,
  ) {
    const { direction: _, ...device } = written;
    const direction = reads && writes ? {} : { direction: reads ? ("read" as const) : ("write" as const) };
    return { ...device, ...direction, maximumLength };
  },
};
