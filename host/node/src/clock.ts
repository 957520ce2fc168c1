import type { Clock } from "@busbar/host";
import { Timer } from "./timer.ts";

/** Node's monotonic clock and timers. */
export const nodeClock: Clock = {
  now: () => performance.now(),

  async sleep(ms, signal) {
    if (Number.isNaN(ms)) throw new RangeError("a time to wait is a number of milliseconds, and NaN is none");
    const endMs = performance.now() + ms;
    // Node's timers count whole milliseconds of a cached time, and so can fire up to one too early; a data sheet's
    // "at least" must hold.
    for (let left = ms; left > 0; left = endMs - performance.now()) {
      await wait(Math.ceil(left), signal);
    }
    signal?.throwIfAborted();
  },

  turn: () => new Promise((resolve) => setImmediate(resolve)),
};

function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = new Timer(ms, () => {
      signal?.removeEventListener("abort", abort);
      resolve();
    });
    const abort = () => {
      timer[Symbol.dispose]();
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
  });
}
