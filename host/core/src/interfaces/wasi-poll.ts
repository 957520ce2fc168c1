/** wasi:io/poll: what can be waited for, and the wait for several of them. The same for apps and for drivers. */

import type { CommonContext } from "../instance/context.ts";

/** Whose waits they are: they end with the time of its call, and with its end. */
export type PollContext = Pick<CommonContext, "budget" | "clock">;

/** `pollable`: ready from a point in time on. */
export class Pollable implements Disposable {
  protected readonly context: PollContext;
  readonly #atMs: number;

  /** @param atMs in milliseconds of the clock */
  constructor(context: PollContext, atMs: number) {
    this.context = context;
    this.#atMs = atMs;
  }

  ready(): boolean {
    this.context.budget.check();
    return this.context.clock.now() >= this.#atMs;
  }

  /** Milliseconds that are left. */
  get leftMs(): number {
    return Math.max(0, this.#atMs - this.context.clock.now());
  }

  async block(): Promise<void> {
    while (!this.ready()) await firstOf(this.context, [this]);
  }

  [Symbol.dispose](): void {}
}

/** What happens at a time that nobody knows before: room for output, input, an edge of a line. */
export interface Readiness {
  /** Whether there is no need to wait. */
  readonly isReady: boolean;
  /**
   * Waits until that may have changed.
   *
   * @param over ends the wait as well, with its own reason
   */
  change(over: AbortSignal): Promise<void>;
}

/** `pollable` of something that happens. */
export class EventPollable extends Pollable {
  readonly #of: Readiness;

  constructor(context: PollContext, of: Readiness) {
    super(context, 0);
    this.#of = of;
  }

  override ready(): boolean {
    this.context.budget.check();
    return this.#of.isReady;
  }

  override get leftMs(): number {
    return this.#of.isReady ? 0 : Number.POSITIVE_INFINITY;
  }

  /** As {@link Readiness.change}. */
  change(over: AbortSignal): Promise<void> {
    return this.#of.change(over);
  }
}

/** The functions of wasi:io/poll that wait. */
export const pollWaits = ["poll", "[method]pollable.block"] as const;

/** wasi:io/poll. */
export function wasiPoll(context: PollContext) {
  return {
    Pollable,
    async poll(pollables: readonly Pollable[]): Promise<Uint32Array> {
      context.budget.check();
      if (pollables.length === 0) throw new Error("wasi:io/poll: nothing to wait for");
      const ready = () =>
        Uint32Array.from(pollables.flatMap((pollable, index) => (pollable.ready() ? [index] : [])));
      let indices = ready();
      while (indices.length === 0) {
        await firstOf(context, pollables);
        indices = ready();
      }
      return indices;
    },
  };
}

/** Waits until one of them may be ready. */
async function firstOf({ budget, clock }: PollContext, listed: readonly Pollable[]): Promise<void> {
  // A list can name one of them a million times; there are no more of them than handles.
  const pollables = [...new Set(listed)];
  const leftMs = Math.min(...pollables.map((pollable) => pollable.leftMs));
  const events = pollables.filter((pollable) => pollable instanceof EventPollable);
  if (events.length === 0) return await budget.sleep(leftMs);
  const over = new AbortController();
  const { signal } = over;
  const timer = Number.isFinite(leftMs) ? [clock.sleep(leftMs, signal)] : [];
  const first = Promise.race([...timer, ...events.map((event) => event.change(signal))]);
  // Where the wait ends before, it rejects with what ends it here, and nobody listens.
  first.catch(() => undefined);
  try {
    await budget.wait(first);
  } finally {
    over.abort();
  }
}
