import { randomBytes, StrikeCounter, strikesOrdinal, wholeNumber } from "@busbar/model";
import * as v from "valibot";

/** A fault on a bus that moves bytes, as far as all such buses have it. */
export interface ByteFault<Kind extends string> {
  /** What goes wrong. */
  readonly fault: Kind;
  /** Strikes again each so many times. Left out: only once, or `count` times in a row. */
  readonly every?: number | undefined;
  /** Strikes at most so often. Left out: once, or for ever where there is an `every`. */
  readonly count?: number | undefined;
  /** The seed of `garbage`'s random bytes, a 32-bit number. Default: 1. */
  readonly seed?: number | undefined;
}

/** What of it is in a `faults` list of a board file, besides `fault` and what is counted. */
export const byteFaultEntries = {
  every: strikesOrdinal,
  count: strikesOrdinal,
  seed: v.optional(wholeNumber(0, 0xffff_ffff)),
};

/** A fault that strikes what is at hand. */
export interface ActiveByteFault<Kind extends string, Failure> {
  readonly kind: Kind;
  /** The error that is reported; undefined where the fault is in the data, or reported otherwise. */
  readonly error: Failure | undefined;
  /** The next byte of garbage, 0 to 255. */
  garbage(): number;
}

/** One injected fault: counts the transactions or calls that concern it, and says which it strikes. */
export class ByteFaultCounter<Kind extends string, Failure> {
  readonly #strikes: StrikeCounter;
  readonly #active: ActiveByteFault<Kind, Failure>;

  /**
   * @param first the first that it strikes, from 1
   * @param error what it is to whoever is struck
   */
  constructor(
    { fault: kind, every, count, seed = 1 }: ByteFault<Kind>,
    first: number | undefined,
    error: Failure | undefined,
  ) {
    this.#strikes = new StrikeCounter({ first, every, count });
    this.#active = { kind, error, garbage: randomBytes(seed) };
  }

  /** Counts one; the fault where it strikes this one. */
  next(): ActiveByteFault<Kind, Failure> | undefined {
    return this.#strikes.next() ? this.#active : undefined;
  }
}
