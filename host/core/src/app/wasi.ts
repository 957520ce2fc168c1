/** The parts of WASI 0.2 that every app gets: arguments, output, clocks, and waiting for them. */

import { FolderError } from "../folder/backend.ts";
import type { AppContext } from "./context.ts";

/** wasi:io/streams: the most bytes that one `blocking-write-and-flush` takes. */
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

/** wasi:io/streams `output-stream`: takes everything at once. */
export class OutputStream implements Disposable {
  readonly #context: AppContext;
  readonly #take: (bytes: Uint8Array) => void;

  /** @param take is given a copy of what is written; it may throw FolderError */
  constructor(context: AppContext, take: (bytes: Uint8Array) => void) {
    this.#context = context;
    this.#take = take;
  }

  checkWrite(): bigint {
    this.#context.budget.check();
    return BigInt(longestWrite);
  }

  write(contents: Uint8Array): void {
    this.#context.budget.check();
    // The engine's memory can move: what is kept must be a copy.
    const copy = contents.slice();
    try {
      this.#take(copy);
    } catch (thrown) {
      throw thrown instanceof FolderError ? new StreamError(this.#context, thrown) : thrown;
    }
  }

  async blockingWriteAndFlush(contents: Uint8Array): Promise<void> {
    this.write(contents);
  }

  flush(): void {
    this.#context.budget.check();
  }

  async blockingFlush(): Promise<void> {
    this.#context.budget.check();
  }

  subscribe(): Pollable {
    this.#context.budget.check();
    return new Pollable(this.#context, this.#context.clock.now());
  }

  [Symbol.dispose](): void {}
}

/** wasi:cli/stdout. */
export function appStdout(context: AppContext) {
  return {
    getStdout() {
      context.budget.check();
      return new OutputStream(context, (bytes) => context.output(bytes));
    },
  };
}

/** wasi:cli/stderr. */
export function appStderr(context: AppContext) {
  return {
    getStderr() {
      context.budget.check();
      return new OutputStream(context, (bytes) => context.errors(bytes));
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
        const leftMs = Math.min(...pollables.map((pollable) => pollable.leftMs));
        await context.clock.sleep(leftMs, context.signal);
        indices = ready();
      }
      return indices;
    },
  };
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
