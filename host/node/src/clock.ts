import type { Clock } from "@busbar/host";

/** Node's monotonic clock and timers. */
export const nodeClock: Clock = {
  now: () => performance.now(),

  async sleep(ms, signal) {
    const endMs = performance.now() + ms;
    // Node's timers count whole milliseconds of a cached time, and so can fire up to one too early; a data sheet's
    // "at least" must hold.
    for (let left = ms; left > 0; left = endMs - performance.now()) {
      await timer(Math.ceil(left), signal);
    }
    signal?.throwIfAborted();
  },

  turn: () => new Promise((resolve) => setImmediate(resolve)),
};

function timer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const abort = () => {
      clearTimeout(timeout);
      reject(signal?.reason);
    };
    const timeout = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
