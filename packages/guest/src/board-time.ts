/** Time for drivers whose bus brings none of its own: busbar:board/time. */

import type { Delay } from "./i2c-target.ts";

/** busbar:board/time. */
export interface Time {
  /** Milliseconds on a clock that never goes back; only differences mean anything. */
  nowMs(): number;
  /** Waits for at least `ms` milliseconds, a whole number. */
  waitMs(ms: number): void;
}

/** Waiting, and a clock to know by how long. */
export interface Timer extends Delay {
  /** Milliseconds on a clock that never goes back; only differences mean anything. */
  nowMs(): number;
}

/** A Timer over busbar:board/time, which counts in milliseconds: a shorter wait is one of them. */
export class BoardTimer implements Timer {
  readonly #time: Time;

  constructor(time: Time) {
    this.#time = time;
  }

  nowMs(): number {
    return this.#time.nowMs();
  }

  waitMs(ms: number): void {
    const whole = Math.ceil(ms);
    if (!(whole >= 0 && whole < 2 ** 31)) throw new RangeError(`cannot wait ${ms} milliseconds`);
    if (whole > 0) this.#time.waitMs(whole);
  }

  waitNs(ns: number): void {
    this.waitMs(ns / 1e6);
  }
}
