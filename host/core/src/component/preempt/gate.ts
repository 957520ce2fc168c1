/**
 * The host's side of preemption: what the checks of prepared modules (rewrite.ts) ask.
 *
 * A gate belongs to one component instance, and to all core instances nested in it. It lets the guest go on, holds it
 * until its next turn, or ends it: then the guest executes `unreachable`, which it cannot catch.
 */

import { LinkError } from "../reader.ts";
import { type GateFunctions, gateFunctions } from "./gate-module.ts";
import { promising } from "./jspi.ts";
import { counterExport, gateSlot, growSlot, startExport, tableExport } from "./names.ts";
import type { Pace, Turn } from "./pace.ts";

/** What grows: `grow` of `GateOptions` counts both together over all core instances. */
export type Growing = "memory" | "table";

/** What a gate needs of its surroundings. */
export interface GateOptions {
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** The order of held guests, one for the process. */
  readonly pace: Pace;
  /**
   * Asked before a memory grows by `delta` pages of 64 KiB, or a table by `delta` entries.
   *
   * @param delta 0 or more to ask; below 0 when the engine refused what was allowed before, so that it is given back and
   *   the answer means nothing
   * @returns whether it may grow; a guest that may not sees a memory that is full
   */
  grow(kind: Growing, delta: number): boolean;
  /** Called at each look at the clock. What it throws ends the guest, and is the gate's `reason`. */
  check(): void;
  /** How long a guest runs before it is held, in milliseconds; 5 where it is not given. */
  readonly sliceMs?: number;
  /**
   * How long a guest that cannot be held runs before it is ended, in milliseconds from the begin of its slice; 50 where
   * it is not given. Where JavaScript lies between, a guest does little (it finds memory, it frees some), and nothing
   * else of the process runs.
   */
  readonly pinnedMs?: number;
}

/**
 * How far a guest goes between two looks at the clock, in units of about 16 bytes of code (meter.ts): at most a millisecond
 * of usual code. The slowest there is, which waits for memory in each instruction, takes a few dozen.
 */
const refill = 200_000;

/**
 * A guest that cannot be held is ended only after it did something: on a machine that is busy with other things, time
 * passes for a guest that is about to return. It is 20 ms of plain code, far more than finding memory takes.
 */
const fewestPinnedLooks = 200;
/** `refill` of a guest that cannot be held, while which nothing else runs: its fewest looks take some 20 ms. */
const pinnedRefill = 40_000;

/** The answers of `look` beside `refill`, for the module in gate-module.ts. */
const end = 0;
const hold = -1;

/** Holds and ends the code of one component instance. It runs one call at a time. */
export class Gate {
  /**
   * How many JavaScript functions lie between the innermost promising call and the guest now: whoever calls the guest
   * without `promising` counts it up before and down afterwards. While it is above 0 the guest cannot be held.
   */
  pinned = 0;
  readonly #options: GateOptions;
  readonly #sliceMs: number;
  readonly #pinnedMs: number;
  readonly #functions: GateFunctions;
  readonly #counters: WebAssembly.Global[] = [];
  /** Undefined between calls. */
  #deadlineMs: number | undefined;
  #sliceStartMs = 0;
  /** How often the guest looked since it could be held last. */
  #pinnedLooks = 0;
  /** When the guest looked at the clock last, or its call began. */
  #lookedMs = 0;
  #turn: Turn | undefined;
  #expired = false;
  #ended = false;
  #reason: unknown;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#sliceMs = options.sliceMs ?? 5;
    this.#pinnedMs = options.pinnedMs ?? 50;
    this.#functions = gateFunctions({
      look: () => Math.min(this.#look(), this.pinned > 0 ? pinnedRefill : refill),
      wait: () => this.#wait(),
      grow: (kind, delta) => this.#grow(kind, delta),
    });
  }

  /** Whether the guest was ended because its time was over. */
  get expired(): boolean {
    return this.#expired;
  }

  /** Whether the guest was ended, for whatever cause: it traps at its next check, and at each one after that. */
  get ended(): boolean {
    return this.#ended;
  }

  /** What `check` or `grow` threw, or `stop` was given; undefined when there was no such thing. */
  get reason(): unknown {
    return this.#reason;
  }

  /**
   * Fills the table of a core instance that was just made, then runs its start function. Nothing else of the instance may
   * run before; call it between `begin` and `end`.
   *
   * @param exports of an instance of what `makePreemptible` returned
   * @returns when the start function ends, or undefined where there is none to wait for; while `pinned` is above 0 the start
   *   function runs at once
   * @throws LinkError when the module was not prepared; what the start function throws is thrown, or rejects
   */
  attach(exports: WebAssembly.Exports): Promise<void> | undefined {
    const { [tableExport]: table, [counterExport]: counter, [startExport]: start } = exports;
    if (!(table instanceof WebAssembly.Table) || !(counter instanceof WebAssembly.Global))
      throw new LinkError("a core module was not prepared for being held, so it is not started");
    table.set(gateSlot, this.#functions.gate);
    table.set(growSlot, this.#functions.grow);
    this.#counters.push(counter);
    if (typeof start !== "function") return undefined;
    if (this.pinned === 0) return promising(start as () => void)().then(() => {});
    start();
    return undefined;
  }

  /**
   * A call of the guest begins: an export, a start, a destructor, a post-return. It begins a slice.
   *
   * @param deadlineMs the time of `now` at which the guest is ended, if it still runs
   */
  begin(deadlineMs: number): void {
    this.#deadlineMs = deadlineMs;
    this.#sliceStartMs = this.#options.now();
    this.#lookedMs = this.#sliceStartMs;
  }

  /** The call that began last has returned or thrown. Guest code that runs before the next `begin` is ended. */
  end(): void {
    this.#deadlineMs = undefined;
  }

  /** A host function returns to the guest: if it took long, the guest looks at the clock at once. */
  afterImport(): void {
    if (this.#options.now() - this.#lookedMs >= this.#sliceMs) this.#lookSoon();
  }

  /**
   * As `afterImport`, of one that the guest waited for: a new slice begins. What was ready at once has not let the event loop
   * turn, so that this is no look at the clock: the pace has to see a guest that does nothing else.
   */
  afterWait(): void {
    this.afterImport();
    this.#sliceStartMs = this.#options.now();
  }

  /**
   * Ends the guest at its next check; one that is held ends without waiting for its turn.
   *
   * @param reason what `reason` is from now on, unless the guest was ended before
   */
  stop(reason: unknown): void {
    this.#endGuest(reason);
    this.#turn?.leave();
  }

  /** Asked by the guest when its counter is below zero. Must not throw: a guest could catch that. */
  #look(): number {
    try {
      if (this.#ended) return end;
      const now = this.#options.now();
      this.#lookedMs = now;
      this.#options.check();
      if (this.#deadlineMs === undefined)
        return this.#endGuest(new Error("guest code ran outside of a call, where nothing limits it"));
      const ranMs = now - this.#sliceStartMs;
      this.#pinnedLooks = this.pinned > 0 ? this.#pinnedLooks + 1 : 0;
      const pinnedLong = ranMs >= this.#pinnedMs && this.#pinnedLooks >= fewestPinnedLooks;
      if (now >= this.#deadlineMs || pinnedLong) {
        this.#expired = true;
        return this.#endGuest(undefined);
      }
      // A guest that cannot be held now keeps its old slice: it is held as soon as that is possible.
      if (this.pinned > 0) return refill;
      return ranMs >= this.#sliceMs || this.#options.pace.crowded(now) ? hold : refill;
    } catch (reason) {
      return this.#endGuest(reason);
    }
  }

  async #wait(): Promise<number> {
    try {
      this.#turn = this.#options.pace.queue();
      await this.#turn.come;
      this.#turn = undefined;
      this.#sliceStartMs = this.#options.now();
      const answer = this.#look();
      // Its turn has come: however long the machine did something else since, it goes on.
      return answer === hold ? refill : answer;
    } catch (reason) {
      return this.#endGuest(reason);
    }
  }

  #grow(kind: number, delta: number): number {
    try {
      return !this.#ended && this.#options.grow(kind === 0 ? "memory" : "table", delta) ? 1 : 0;
    } catch (reason) {
      return this.#endGuest(reason);
    }
  }

  #endGuest(reason: unknown): typeof end {
    if (!this.#ended) {
      this.#ended = true;
      this.#reason = reason;
    }
    this.#lookSoon();
    return end;
  }

  #lookSoon(): void {
    for (const counter of this.#counters) counter.value = 0;
  }
}
