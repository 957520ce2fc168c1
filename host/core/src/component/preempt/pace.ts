/**
 * Who goes on next, of all the guests that used their slices up: one for each turn of the event loop, first come first
 * served, so that timers, signals and devices wait for one slice and never for all of them.
 */

/**
 * How long the guests of one turn of the loop run together before each of them is held, in milliseconds: many may begin
 * a call in the same turn, or be resumed by the same timer, each with a slice of its own.
 */
const longestTurnMs = 20;

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
  /** When a guest looked at the clock for the first time in this turn of the loop. */
  #turnStartMs: number | undefined;

  /**
   * @param yieldToLoop resolves when timers, input and output have had their turn: a macrotask, by setImmediate in Node or
   *   a MessageChannel in a browser. It is called at most twice a turn, and only while guests run long enough to look at
   *   the clock; it must not reject.
   */
  constructor(yieldToLoop: () => Promise<void>) {
    this.#yieldToLoop = yieldToLoop;
  }

  /** How many guests are held now. */
  get held(): number {
    return this.#held.size;
  }

  /**
   * Whether guests have run for so long in this turn of the loop that all of them are held.
   *
   * @param now the time of the guest's look at the clock, in milliseconds
   */
  crowded(now: number): boolean {
    if (this.#turnStartMs === undefined) {
      this.#turnStartMs = now;
      void this.#endTurn();
    }
    return now - this.#turnStartMs >= longestTurnMs;
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

  async #endTurn(): Promise<void> {
    await this.#yieldToLoop();
    this.#turnStartMs = undefined;
  }

  async #turn(): Promise<void> {
    this.#turning = true;
    for (;;) {
      await this.#endTurn();
      const [next] = this.#held;
      if (next === undefined) break;
      this.#held.delete(next);
      next();
    }
    this.#turning = false;
  }
}
