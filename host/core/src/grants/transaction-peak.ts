import type { Clock } from "../clock.ts";

const windowMs = 1_000;

/** Notes the most transactions in any second. */
export class TransactionPeak {
  readonly #clock: Clock;
  readonly #times: number[] = [];
  /** Of `#times`, where the last second begins. */
  #oldest = 0;
  #perSecond = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The most so far; 0 where there were none. */
  get perSecond(): number {
    return this.#perSecond;
  }

  /** One transaction more. */
  transaction(): void {
    const now = this.#clock.now();
    this.#times.push(now);
    while (now - this.#times[this.#oldest]! >= windowMs) this.#oldest += 1;
    this.#perSecond = Math.max(this.#perSecond, this.#times.length - this.#oldest);
    // The half that is over goes now and then, not with each transaction.
    if (this.#oldest > 1_000 && this.#oldest * 2 > this.#times.length) {
      this.#times.splice(0, this.#oldest);
      this.#oldest = 0;
    }
  }
}
