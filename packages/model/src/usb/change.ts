import type { UsbModelClock } from "../clock.ts";
import type { TransferSignal } from "./device.ts";

/** For models whose transfers wait for something. Whoever waits looks again after each change. */
export class Change {
  readonly #waiting = new Set<() => void>();

  /** Wakes all who wait. */
  tell(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /** Waits for the next change. @throws the signal's reason when it aborts */
  wait(signal: TransferSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#waiting.delete(wake);
        reject(signal.reason);
      };
      const wake = () => {
        signal.removeEventListener("abort", abort);
        resolve();
      };
      if (signal.aborted) return abort();
      signal.addEventListener("abort", abort, { once: true });
      this.#waiting.add(wake);
    });
  }

  /** Waits for the next change, at most `ms` milliseconds. @throws the signal's reason when it aborts */
  async waitAtMost(ms: number, clock: UsbModelClock, signal: TransferSignal): Promise<void> {
    const over = new AbortController();
    const abort = () => over.abort(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
    try {
      await Promise.race([this.wait(over.signal), clock.sleep(ms, over.signal)]);
    } finally {
      signal.removeEventListener("abort", abort);
      over.abort();
    }
  }
}
