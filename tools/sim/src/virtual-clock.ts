import type { Clock } from "@busbar/host";

/**
 * Time for tests: it passes only where somebody sleeps, and then at once. Sleepers wake in the order of their times, as
 * on a real clock, so that what waits side by side takes the longest wait and not the sum.
 */
export class VirtualClock implements Clock {
  #nowMs: number;
  readonly #sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];
  #scheduled = false;
  #turns = 0;

  /** @param startMs what it shows first; 0 where left out */
  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  /** Lets `ms` milliseconds pass. */
  advance(ms: number): void {
    this.#nowMs += ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (Number.isNaN(ms))
        throw new RangeError("a time to wait is a number of milliseconds, and NaN is none");
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const abort = () => {
        // Time must not pass for somebody who has been woken already.
        const place = this.#sleepers.indexOf(sleeper);
        if (place >= 0) this.#sleepers.splice(place, 1);
        reject(signal!.reason);
      };
      const sleeper = {
        atMs: this.#nowMs + ms,
        wake: () => {
          signal?.removeEventListener("abort", abort);
          resolve();
        },
      };
      signal?.addEventListener("abort", abort, { once: true });
      // Who waits without end is woken by the signal alone.
      if (ms === Number.POSITIVE_INFINITY) return;
      this.#sleepers.push(sleeper);
      this.#schedule();
    });
  }

  /** No time passes meanwhile: whoever waits for a turn has something to do. */
  async turn(): Promise<void> {
    this.#turns += 1;
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.#turns -= 1;
  }

  /** The next sleeper wakes when everything that can run now has run. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setTimeout(() => {
      this.#scheduled = false;
      if (this.#turns > 0) {
        this.#schedule();
        return;
      }
      this.#sleepers.sort((left, right) => left.atMs - right.atMs);
      const next = this.#sleepers.shift();
      if (next === undefined) return;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
      if (this.#sleepers.length > 0) this.#schedule();
    }, 0);
  }
}
