/** wasi:io/poll for an app: what can be waited for, and the wait for several of them. */

import type { AppContext } from "../context.ts";

/** `pollable`: ready from a point in time on. */
export class Pollable implements Disposable {
  protected readonly context: AppContext;
  readonly #atMs: number;

  /** @param atMs in milliseconds of the app's clock */
  constructor(context: AppContext, atMs: number) {
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
    this.context.budget.check();
    await this.context.clock.sleep(this.leftMs, this.context.signal);
  }

  [Symbol.dispose](): void {}
}

/** What a stream waits for: room for output, or input. */
export interface Readiness {
  /** Whether there is no need to wait. */
  readonly isReady: boolean;
  /**
   * Waits until that may have changed. Rejects with the reason of the app's end.
   *
   * @param over ends the wait as well, with its own reason
   */
  change(over?: AbortSignal): Promise<void>;
}

/** `pollable` of a stream. */
export class StreamPollable extends Pollable {
  readonly #of: Readiness;

  constructor(context: AppContext, of: Readiness) {
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

  override async block(): Promise<void> {
    this.context.budget.check();
    while (!this.#of.isReady) await this.#of.change();
  }

  /** As {@link Readiness.change}. */
  change(over: AbortSignal): Promise<void> {
    return this.#of.change(over);
  }
}

/** The functions of wasi:io/poll that wait. */
export const pollWaits = ["poll", "[method]pollable.block"] as const;

/** wasi:io/poll. */
export function appPoll(context: AppContext) {
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
async function firstOf(context: AppContext, pollables: readonly Pollable[]): Promise<void> {
  const leftMs = Math.min(...pollables.map((pollable) => pollable.leftMs));
  const streams = pollables.filter((pollable) => pollable instanceof StreamPollable);
  if (streams.length === 0) return await context.clock.sleep(leftMs, context.signal);
  const over = new AbortController();
  const { signal } = over;
  // AbortSignal.any would leave something behind on the signal that lives as long as the app.
  const abort = () => over.abort(context.signal.reason);
  if (context.signal.aborted) abort();
  context.signal.addEventListener("abort", abort, { once: true });
  const timer = Number.isFinite(leftMs) ? [context.clock.sleep(leftMs, signal)] : [];
  for (const each of timer) each.catch(() => undefined);
  try {
    await Promise.race([...timer, ...streams.map((stream) => stream.change(signal))]);
  } finally {
    context.signal.removeEventListener("abort", abort);
    over.abort();
  }
}
