import * as v from "valibot";
import { wholeNumber } from "./numbers.ts";

/** When a fault strikes, of what is counted from 1: transactions, transfers or commands. */
export interface Strikes {
  /** The first that it strikes; `every` where left out, and 1 where that is left out too. */
  readonly first?: number | undefined;
  /** Strikes again each so many. Left out: only once, or `count` times in a row. */
  readonly every?: number | undefined;
  /** Strikes at most so often. Left out: once, or for ever where there is an `every`. */
  readonly count?: number | undefined;
}

/** Each of the numbers of {@link Strikes} as the board file has it. */
export const strikesOrdinal = v.optional(wholeNumber(1, Number.MAX_SAFE_INTEGER));

/** Counts what concerns one fault, and says what of it the fault strikes. */
export class StrikeCounter {
  readonly #first: number;
  readonly #every: number;
  #remaining: number;
  #counted = 0;

  constructor({ first, every, count }: Strikes) {
    this.#first = first ?? every ?? 1;
    this.#every = every ?? 1;
    this.#remaining = count ?? (every === undefined ? 1 : Number.POSITIVE_INFINITY);
  }

  /** Counts one; whether it is struck. */
  next(): boolean {
    this.#counted += 1;
    const since = this.#counted - this.#first;
    if (this.#remaining === 0 || since < 0 || since % this.#every !== 0) return false;
    this.#remaining -= 1;
    return true;
  }
}
