/** The parts of WASI 0.2 that every app gets: arguments, output, clocks, and waiting for them. */

import { FolderError } from "../folder/backend.ts";
import type { AppContext, TakeOutput } from "./context.ts";
import { Outlet } from "./outlet.ts";

/** wasi:io/streams: the most bytes that one write takes. */
const longestWrite = 4096;

/** wasi:io/poll `pollable`: ready from a point in time on. */
class Pollable implements Disposable {
  readonly #context: AppContext;
  readonly #atMs: number;

  constructor(context: AppContext, atMs: number) {
    this.#context = context;
    this.#atMs = atMs;
  }

  ready(): boolean {
    this.#context.budget.check();
    return this.#context.clock.now() >= this.#atMs;
  }

  /** Milliseconds that are left. */
  get leftMs(): number {
    return Math.max(0, this.#atMs - this.#context.clock.now());
  }

  async block(): Promise<void> {
    this.#context.budget.check();
    await this.#context.clock.sleep(this.leftMs, this.#context.signal);
  }

  [Symbol.dispose](): void {}
}

/** wasi:io/poll `pollable` of an output stream: ready while there is room. */
class RoomPollable extends Pollable {
  readonly #outlet: Outlet;

  constructor(context: AppContext, outlet: Outlet) {
    super(context, 0);
    this.#outlet = outlet;
  }

  override ready(): boolean {
    return this.#outlet.hasRoom;
  }

  override get leftMs(): number {
    return this.ready() ? 0 : Number.POSITIVE_INFINITY;
  }

  override block(): Promise<void> {
    return this.#outlet.room();
  }
}

/** wasi:io/error `error`. */
class StreamFailure implements Disposable {
  readonly #context: AppContext;
  readonly #why: string;

  constructor(context: AppContext, why: string) {
    this.#context = context;
    this.#why = why;
  }

  toDebugString(): string {
    this.#context.budget.check();
    return this.#why;
  }

  [Symbol.dispose](): void {}
}

/** wasi:io/streams `stream-error`. */
class StreamError extends Error {
  readonly payload: { readonly tag: "last-operation-failed"; readonly val: StreamFailure };

  constructor(context: AppContext, cause: FolderError) {
    super(cause.message, { cause });
    this.payload = { tag: "last-operation-failed", val: new StreamFailure(context, cause.payload) };
  }
}

/** wasi:io/streams `output-stream`: takes everything at once, as long as what came before is taken. */
export class OutputStream implements Disposable {
  readonly #context: AppContext;
  readonly #outlet: Outlet;

  /** @param to the place that several streams share; or what is given a copy of what is written, which may throw FolderError */
  constructor(context: AppContext, to: Outlet | TakeOutput) {
    this.#context = context;
    this.#outlet = to instanceof Outlet ? to : new Outlet(to, context.signal);
  }

  checkWrite(): bigint {
    this.#context.budget.check();
    return BigInt(this.#outlet.hasRoom ? longestWrite : 0);
  }

  /** @throws as a trap, as the standard says, where `check-write` did not permit so much */
  write(contents: Uint8Array): void {
    this.#context.budget.check();
    if (contents.length > this.checkWrite()) {
      throw new Error("wasi:io/streams: more was written than check-write permits");
    }
    // The engine's memory can move: what is kept must be a copy.
    const copy = contents.slice();
    try {
      this.#outlet.write(copy);
    } catch (thrown) {
      throw thrown instanceof FolderError ? new StreamError(this.#context, thrown) : thrown;
    }
  }

  async blockingWriteAndFlush(contents: Uint8Array): Promise<void> {
    while (!this.#outlet.hasRoom) await this.#outlet.room();
    this.write(contents);
    while (!this.#outlet.hasRoom) await this.#outlet.room();
  }

  flush(): void {
    this.#context.budget.check();
  }

  async blockingFlush(): Promise<void> {
    this.#context.budget.check();
    await this.#outlet.room();
  }

  subscribe(): Pollable {
    this.#context.budget.check();
    return new RoomPollable(this.#context, this.#outlet);
  }

  [Symbol.dispose](): void {}
}

/** wasi:cli/stdout. */
export function appStdout(context: AppContext) {
  const outlet = new Outlet(context.output, context.signal);
  return {
    getStdout() {
      context.budget.check();
      return new OutputStream(context, outlet);
    },
  };
}

/** wasi:cli/stderr. */
export function appStderr(context: AppContext) {
  const outlet = new Outlet(context.errors, context.signal);
  return {
    getStderr() {
      context.budget.check();
      return new OutputStream(context, outlet);
    },
  };
}

/** wasi:cli/environment: the arguments, and nothing of the machine's own environment. */
export function appEnvironment(context: AppContext) {
  return {
    getEnvironment(): [string, string][] {
      context.budget.check();
      return [];
    },
    getArguments(): string[] {
      context.budget.check();
      return [context.app, ...context.arguments];
    },
    initialCwd(): undefined {
      context.budget.check();
    },
  };
}

/** The functions of wasi:io/poll that wait. */
export const pollWaits = ["poll", "[method]pollable.block"] as const;

/** The functions of wasi:io/streams that wait. */
export const streamWaits = [
  "[method]input-stream.blocking-read",
  "[method]input-stream.blocking-skip",
  "[method]output-stream.blocking-flush",
  "[method]output-stream.blocking-write-and-flush",
  "[method]output-stream.blocking-write-zeroes-and-flush",
  "[method]output-stream.blocking-splice",
] as const;

/** wasi:io/streams. */
export function appStreams(_: AppContext) {
  return { OutputStream };
}

/** wasi:io/error. */
export function appErrors(_: AppContext) {
  return { Error: StreamFailure };
}

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
  const streams = pollables.filter((pollable) => pollable instanceof RoomPollable);
  if (streams.length === 0) return await context.clock.sleep(leftMs, context.signal);
  const over = new AbortController();
  const signal = AbortSignal.any([context.signal, over.signal]);
  const timer = Number.isFinite(leftMs) ? [context.clock.sleep(leftMs, signal)] : [];
  for (const each of timer) each.catch(() => undefined);
  try {
    await Promise.race([...timer, ...streams.map((stream) => stream.block())]);
  } finally {
    over.abort();
  }
}

/** wasi:clocks/monotonic-clock. */
export function appMonotonicClock(context: AppContext) {
  return {
    now(): bigint {
      context.budget.check();
      return BigInt(Math.round(context.clock.now() * 1e6));
    },
    resolution(): bigint {
      context.budget.check();
      return 1000n;
    },
    subscribeInstant(when: bigint): Pollable {
      context.budget.check();
      return new Pollable(context, Number(when) / 1e6);
    },
    subscribeDuration(when: bigint): Pollable {
      context.budget.check();
      return new Pollable(context, context.clock.now() + Number(when) / 1e6);
    },
  };
}

/** wasi:clocks/wall-clock. */
export function appWallClock(context: AppContext) {
  return {
    now() {
      context.budget.check();
      const ms = Date.now();
      return { seconds: BigInt(Math.floor(ms / 1000)), nanoseconds: (ms % 1000) * 1e6 };
    },
    resolution() {
      context.budget.check();
      return { seconds: 0n, nanoseconds: 1e6 };
    },
  };
}
