import type { I2cErrorCode } from "@busbar/host/i2c";
import { randomBytes, StrikeCounter, strikesOrdinal, wholeNumber } from "@busbar/model";
import * as v from "valibot";

/**
 * What goes wrong in a transaction:
 *
 * - `no-acknowledge-address`, `arbitration-loss`: it fails at the address, and the target sees nothing of it
 * - `no-acknowledge-data`, `no-acknowledge`, `bus` (a stuck line, a start or stop in the wrong place), `overrun`,
 *   `other`: it fails after the address, and the target sees a start and a stop
 * - `short`: half way through its data the target is gone. In a write of more than one byte the next byte is not
 *   acknowledged; in a read the remaining bytes are 0xFF. A write of one byte, which is how a register is chosen, passes
 * - `garbage`: it succeeds, and every byte read is random
 */
export type I2cFaultKind = (typeof I2C_FAULT_KINDS)[number];

/** Faults that end a transaction, by the name that the WIT error's kind has as well. */
export const I2C_ERROR_FAULTS = [
  "no-acknowledge-address",
  "no-acknowledge-data",
  "no-acknowledge",
  "arbitration-loss",
  "bus",
  "overrun",
  "other",
] as const;

/** All kinds: those, and the ones whose fault is in the data. */
export const I2C_FAULT_KINDS = [...I2C_ERROR_FAULTS, "short", "garbage"] as const;

/** When something goes wrong, and what. Transactions are counted from 1, starting when the fault is injected. */
export interface I2cFault {
  /** What goes wrong. */
  readonly fault: I2cFaultKind;
  /** The first transaction that it strikes, from 1; `every` where left out, and 1 where that is left out too. */
  readonly transaction?: number | undefined;
  /** Strikes again each so many transactions. Left out: only once, or `count` times in a row. */
  readonly every?: number | undefined;
  /** Strikes at most so often. Left out: once, or for ever where there is an `every`. */
  readonly count?: number | undefined;
  /** The seed of `garbage`'s random bytes, a 32-bit number. Default: 1. */
  readonly seed?: number | undefined;
}

/** An {@link I2cFault} as the board file has it, in the `faults` list of a simulate entry. */
export const i2cFaultSchema = v.strictObject({
  fault: v.picklist(I2C_FAULT_KINDS),
  transaction: strikesOrdinal,
  every: strikesOrdinal,
  count: strikesOrdinal,
  seed: v.optional(wholeNumber(0, 0xffff_ffff)),
}) satisfies v.GenericSchema<unknown, I2cFault>;

/** The error codes of the faults that end a transaction. */
const ERROR_CODES: Partial<Record<I2cFaultKind, I2cErrorCode>> = {
  "no-acknowledge-address": { tag: "no-acknowledge", val: "address" },
  "no-acknowledge-data": { tag: "no-acknowledge", val: "data" },
  "no-acknowledge": { tag: "no-acknowledge", val: "unknown" },
  "arbitration-loss": { tag: "arbitration-loss" },
  bus: { tag: "bus" },
  overrun: { tag: "overrun" },
  other: { tag: "other" },
};

/** A fault that strikes the transaction at hand. */
export interface ActiveFault {
  readonly kind: I2cFaultKind;
  /** The error that the controller reports; undefined where the fault is in the data. */
  readonly error: I2cErrorCode | undefined;
  /** Whether the target never sees the transaction. */
  readonly atAddress: boolean;
  /** The next byte of garbage, 0 to 255. */
  garbage(): number;
}

/** One injected fault: counts the transactions that concern it, and says which it strikes. */
export class FaultCounter {
  readonly #transactions: StrikeCounter;
  readonly #active: ActiveFault;

  constructor(fault: I2cFault) {
    const { transaction: first, every, count } = fault;
    this.#transactions = new StrikeCounter({ first, every, count });
    this.#active = {
      kind: fault.fault,
      error: ERROR_CODES[fault.fault],
      atAddress: fault.fault === "no-acknowledge-address" || fault.fault === "arbitration-loss",
      garbage: randomBytes(fault.seed ?? 1),
    };
  }

  /** Counts one transaction; the fault where it strikes this one. */
  next(): ActiveFault | undefined {
    return this.#transactions.next() ? this.#active : undefined;
  }
}
