import type { Limits } from "../board/schema.ts";
import type { Clock } from "../clock.ts";

/** The limit that an entry of the board sets; undefined where it sets none. */
export function rateLimitOf({ transactionsPerSecond }: Limits, clock: Clock): RateLimit | undefined {
  return transactionsPerSecond === undefined ? undefined : new RateLimit(clock, transactionsPerSecond);
}

/** Limits how often something happens: a bucket of one second's tokens, filled steadily. */
export class RateLimit {
  readonly #clock: Clock;
  readonly #perSecond: number;
  #tokens: number;
  #filledMs: number;

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
    this.#filledMs = clock.now();
  }

  /** Takes one token; false when there is none. */
  take(): boolean {
    const now = this.#clock.now();
    const gained = ((now - this.#filledMs) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#perSecond, this.#tokens + gained);
    this.#filledMs = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
