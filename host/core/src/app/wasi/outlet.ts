import type { TakeOutput } from "../context.ts";
import type { Readiness } from "./poll.ts";

/**
 * Where an app's bytes go, for all streams that it opens there: whether there is room, and the wait for it. Nothing is kept
 * here: a write goes on at once, and the next one has to wait until that is taken.
 */
export class Outlet implements Readiness {
  readonly #take: TakeOutput;
  readonly #signal: AbortSignal;
  #taken: Promise<void> | undefined;

  /**
   * @param take is given what is written; it may throw FolderError
   * @param signal ends every wait
   */
  constructor(take: TakeOutput, signal: AbortSignal) {
    this.#take = take;
    this.#signal = signal;
  }

  /** Whether what was written before is taken. */
  get isReady(): boolean {
    return this.#taken === undefined;
  }

  /** @throws what `take` throws */
  write(bytes: Uint8Array): void {
    const answer: unknown = this.#take(bytes);
    if (!(answer instanceof Promise)) return;
    const taken: Promise<void> = answer.finally(() => {
      this.#taken = undefined;
    });
    this.#taken = taken;
    // Whoever waits hears of a failure; nobody has to.
    taken.catch(() => undefined);
  }

  /**
   * Waits until what was written before is taken.
   *
   * @throws the signal's reason when it aborts; what the promise of `take` is rejected with
   */
  async change(): Promise<void> {
    const signal = this.#signal;
    signal.throwIfAborted();
    if (this.#taken === undefined) return;
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    try {
      await Promise.race([this.#taken, aborted]);
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }
}
