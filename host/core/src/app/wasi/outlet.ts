import type { Readiness } from "../../interfaces/wasi-poll.ts";
import { Waiters } from "../../waiters.ts";
import type { TakeOutput } from "../context.ts";

/**
 * Where an app's bytes go, for all streams that it opens there: whether there is room, and the wait for it. Nothing is kept
 * here: a write goes on at once, and the next one has to wait until that is taken.
 */
export class Outlet implements Readiness {
  readonly #take: TakeOutput;
  readonly #signal: AbortSignal;
  readonly #waiters = new Waiters();
  #isReady = true;

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
    return this.#isReady;
  }

  /** @throws what `take` throws */
  write(bytes: Uint8Array): void {
    const answer: unknown = this.#take(bytes);
    if (!(answer instanceof Promise)) return;
    this.#isReady = false;
    // Whoever waits hears of a failure; nobody has to.
    answer.then(
      () => {
        this.#isReady = true;
        this.#waiters.wake();
      },
      (cause: unknown) => {
        this.#isReady = true;
        this.#waiters.fail(cause);
      },
    );
  }

  /**
   * Waits until what was written before is taken.
   *
   * @param over ends the wait as well
   * @throws the signal's reason when it aborts; what the promise of `take` is rejected with
   */
  async change(over: AbortSignal = this.#signal): Promise<void> {
    this.#signal.throwIfAborted();
    if (!this.#isReady) await this.#waiters.wait(this.#signal, over);
  }
}
