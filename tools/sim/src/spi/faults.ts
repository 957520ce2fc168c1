import type { SpiErrorCode } from "@busbar/host/spi";
import { randomBytes, StrikeCounter, strikesOrdinal, wholeNumber } from "@busbar/model";
import * as v from "valibot";

/** Faults that end a transaction, by the name of the WIT error's case. */
export const SPI_ERROR_FAULTS = [
  "chip-select-fault",
  "overrun",
  "mode-fault",
  "frame-format",
  "other",
] as const satisfies readonly SpiErrorCode["tag"][];

/** All kinds: those, and the ones whose fault is in the data. */
export const SPI_FAULT_KINDS = [...SPI_ERROR_FAULTS, "short", "garbage"] as const;

/**
 * What goes wrong in a transaction:
 *
 * - `chip-select-fault`: it fails at the chip select line, and the target sees nothing of it
 * - `overrun`, `mode-fault`, `frame-format`, `other`: it fails after that, and the target sees chip select come and go
 * - `short`: half way through each operation's bytes the target is gone: it sees no more of them, and 0xFF is received
 * - `garbage`: it succeeds, and every byte received is random
 */
export type SpiFaultKind = (typeof SPI_FAULT_KINDS)[number];

/** When something goes wrong, and what. Transactions are counted from 1, starting when the fault is injected. */
export interface SpiFault {
  /** What goes wrong. */
  readonly fault: SpiFaultKind;
  /** The first transaction that it strikes, from 1; `every` where left out, and 1 where that is left out too. */
  readonly transaction?: number | undefined;
  /** Strikes again each so many transactions. Left out: only once, or `count` times in a row. */
  readonly every?: number | undefined;
  /** Strikes at most so often. Left out: once, or for ever where there is an `every`. */
  readonly count?: number | undefined;
  /** The seed of `garbage`'s random bytes, a 32-bit number. Default: 1. */
  readonly seed?: number | undefined;
}

/** An {@link SpiFault} as the board file has it, in the `faults` list of a simulate entry. */
export const spiFaultSchema = v.strictObject({
  fault: v.picklist(SPI_FAULT_KINDS),
  transaction: strikesOrdinal,
  every: strikesOrdinal,
  count: strikesOrdinal,
  seed: v.optional(wholeNumber(0, 0xffff_ffff)),
}) satisfies v.GenericSchema<unknown, SpiFault>;

/** A fault that strikes the transaction at hand. */
export interface ActiveSpiFault {
  readonly kind: SpiFaultKind;
  /** The error that the controller reports; undefined where the fault is in the data. */
  readonly error: SpiErrorCode["tag"] | undefined;
  /** The next byte of garbage, 0 to 255. */
  garbage(): number;
}

/** One injected fault: counts the transactions that concern it, and says which it strikes. */
export class SpiFaultCounter {
  readonly #transactions: StrikeCounter;
  readonly #active: ActiveSpiFault;

  constructor({ fault, transaction: first, every, count, seed = 1 }: SpiFault) {
    this.#transactions = new StrikeCounter({ first, every, count });
    this.#active = {
      kind: fault,
      error: SPI_ERROR_FAULTS.find((each) => each === fault),
      garbage: randomBytes(seed),
    };
  }

  /** Counts one transaction; the fault where it strikes this one. */
  next(): ActiveSpiFault | undefined {
    return this.#transactions.next() ? this.#active : undefined;
  }
}
