import type { Clock } from "../clock.ts";

/** Whether something was counted; "over": it was, though it is more than granted, because the entry is not enforced. */
export type Taken = "taken" | "over" | "refused";

/** What an entry's limit of transactions leaves. */
export interface TransactionQuota {
  /** Counts a transaction; more than so many in a second are too many. */
  takeTransaction(): Taken;
}

const windowMs = 1_000;

/**
 * Limits how often something happens: in any second, wherever it begins, no more than so many times. The times of the last
 * ones are kept, so that the limit is exact: no burst at the turn of two seconds has twice as many.
 */
export class RateLimit {
  readonly #clock: Clock;
  readonly #perSecond: number;
  /** A ring. Not filled before it is used: the system gives its pages only then. */
  readonly #times: Float64Array;
  #taken = 0;

  /** @param perSecond a whole number, at least 1; it costs 8 bytes each */
  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#times = new Float64Array(perSecond);
  }

  /** Counts one; false where that would be one too many, and then it does not count. */
  take(): boolean {
    const now = this.#clock.now();
    const place = this.#taken % this.#perSecond;
    if (this.#taken >= this.#perSecond && now - this.#times[place]! < windowMs) return false;
    this.#times[place] = now;
    this.#taken += 1;
    return true;
  }
}
