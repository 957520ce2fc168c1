/**
 * Who goes on next, of all the guests that used their slices up: one for each turn of the event loop, first come first
 * served, so that timers, signals and devices wait for one slice and never for all of them.
 */

/** A guest that waits for its turn. */
export interface Turn {
  /** Resolves when the guest may go on: in a turn of the loop that is its own, or at once after `leave`. */
  readonly come: Promise<void>;
  /** Gives up the place, for a guest that is to end. Does nothing when the turn has come. */
  leave(): void;
}

/** The order of held guests; one for a process. */
export class Pace {
  readonly #yieldToLoop: () => Promise<void>;
  /** What lets each of them go on. */
  readonly #held = new Set<() => void>();
  #turning = false;

  /**
   * @param yieldToLoop resolves when timers, input and output have had their turn: a macrotask, by setImmediate in Node or
   *   a MessageChannel in a browser. It is called only while guests are held, and must not reject.
   */
  constructor(yieldToLoop: () => Promise<void>) {
    this.#yieldToLoop = yieldToLoop;
  }

  /** How many guests are held now. */
  get held(): number {
    return this.#held.size;
  }

  /** Puts a guest at the end of the queue. */
  queue(): Turn {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held.add(resolve);
    if (!this.#turning) void this.#turn();
    return {
      come: promise,
      leave: () => {
        if (this.#held.delete(resolve)) resolve();
      },
    };
  }

  async #turn(): Promise<void> {
    this.#turning = true;
    for (;;) {
      await this.#yieldToLoop();
      const [next] = this.#held;
      if (next === undefined) break;
      this.#held.delete(next);
      next();
    }
    this.#turning = false;
  }
}
