/** wasi:io/streams and wasi:io/error for an app. */

import { FolderError, type FolderErrorCode } from "../../folder/backend.ts";
import { EventPollable, type Pollable } from "../../interfaces/wasi-poll.ts";
import type { AppContext, TakeOutput } from "../context.ts";
import type { Inlet } from "./input.ts";
import { Outlet } from "./outlet.ts";

/** The most bytes that one write takes. */
const longestWrite = 4096;
/** The most bytes that one read gives. */
const longestRead = 65_536;

/** wasi:io/error `error`. */
export class StreamFailure implements Disposable {
  readonly #context: AppContext;
  /** Why, in the words of wasi:filesystem. */
  readonly code: FolderErrorCode;

  constructor(context: AppContext, code: FolderErrorCode) {
    this.#context = context;
    this.code = code;
  }

  toDebugString(): string {
    this.#context.budget.check();
    return this.code;
  }

  [Symbol.dispose](): void {}
}

/** wasi:io/streams `stream-error`. */
class StreamError extends Error {
  readonly payload:
    | { readonly tag: "closed" }
    | { readonly tag: "last-operation-failed"; readonly val: object };

  constructor(payload: StreamError["payload"], options?: ErrorOptions) {
    super(payload.tag, options);
    this.payload = payload;
  }
}

/** Does what a file can refuse. */
function attempt<Result>(context: AppContext, body: () => Result): Result {
  try {
    return body();
  } catch (cause) {
    if (!(cause instanceof FolderError)) throw cause;
    const val = new StreamFailure(context, cause.payload);
    throw new StreamError({ tag: "last-operation-failed", val }, { cause });
  }
}

/** wasi:io/streams `input-stream`. */
export class InputStream implements Disposable {
  readonly #context: AppContext;
  readonly #inlet: Inlet;

  constructor(context: AppContext, inlet: Inlet) {
    this.#context = context;
    this.#inlet = inlet;
  }

  read(length: bigint): Uint8Array {
    this.#context.budget.check();
    const maximum = length < longestRead ? Number(length) : longestRead;
    const taken = attempt(this.#context, () => this.#inlet.take(maximum));
    if (taken === undefined) throw new StreamError({ tag: "closed" });
    return taken;
  }

  async blockingRead(length: bigint): Promise<Uint8Array> {
    this.#context.budget.check();
    // A read of nothing ends at once: wasi:io has nothing to wait for.
    while (length > 0n && !this.#inlet.isReady) await this.#inlet.change();
    return this.read(length);
  }

  skip(length: bigint): bigint {
    return BigInt(this.read(length).length);
  }

  async blockingSkip(length: bigint): Promise<bigint> {
    return BigInt((await this.blockingRead(length)).length);
  }

  subscribe(): Pollable {
    this.#context.budget.check();
    return new EventPollable(this.#context, this.#inlet);
  }

  [Symbol.dispose](): void {}
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
    return BigInt(this.#outlet.isReady ? longestWrite : 0);
  }

  /** @throws as a trap, as the standard says, where `check-write` did not permit so much */
  write(contents: Uint8Array): void {
    this.#context.budget.check();
    this.#requirePermitted(contents.length);
    // The engine's memory can move: what is kept must be a copy.
    const copy = contents.slice();
    attempt(this.#context, () => this.#outlet.write(copy));
  }

  /** There is no turn between the look for room and the write: another stream would take it. */
  async blockingWriteAndFlush(contents: Uint8Array): Promise<void> {
    this.#context.budget.check();
    while (!this.#outlet.isReady) await this.#outlet.change();
    this.write(contents);
    while (!this.#outlet.isReady) await this.#outlet.change();
  }

  flush(): void {
    this.#context.budget.check();
  }

  async blockingFlush(): Promise<void> {
    this.#context.budget.check();
    await this.#outlet.change();
  }

  subscribe(): Pollable {
    this.#context.budget.check();
    return new EventPollable(this.#context, this.#outlet);
  }

  writeZeroes(length: bigint): void {
    this.#context.budget.check();
    this.#requirePermitted(length);
    this.write(new Uint8Array(Number(length)));
  }

  async blockingWriteZeroesAndFlush(length: bigint): Promise<void> {
    this.#context.budget.check();
    while (!this.#outlet.isReady) await this.#outlet.change();
    this.writeZeroes(length);
    while (!this.#outlet.isReady) await this.#outlet.change();
  }

  splice(source: InputStream, length: bigint): bigint {
    const permitted = this.checkWrite();
    const bytes = source.read(length < permitted ? length : permitted);
    if (bytes.length > 0) this.write(bytes);
    return BigInt(bytes.length);
  }

  async blockingSplice(source: InputStream, length: bigint): Promise<bigint> {
    this.#context.budget.check();
    while (!this.#outlet.isReady) await this.#outlet.change();
    const bytes = await source.blockingRead(length < longestWrite ? length : BigInt(longestWrite));
    await this.blockingWriteAndFlush(bytes);
    return BigInt(bytes.length);
  }

  [Symbol.dispose](): void {}

  #requirePermitted(length: number | bigint): void {
    if (length > this.checkWrite()) {
      throw new Error("wasi:io/streams: more was written than check-write permits");
    }
  }
}

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
  return { InputStream, OutputStream };
}

/** wasi:io/error. */
export function appErrors(_: AppContext) {
  return { Error: StreamFailure };
}
