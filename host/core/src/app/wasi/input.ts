/** Where an app's input streams read from. */

import type { TakeInput } from "../context.ts";
import type { Readiness } from "./poll.ts";

/** A source of bytes. */
export interface Inlet extends Readiness {
  /**
   * What there is now.
   *
   * @param maximum the most bytes
   * @returns an array of its own; empty where there is nothing yet, undefined at the end
   * @throws FolderError where it is a file
   */
  take(maximum: number): Uint8Array | undefined;
}

/** A source without anything in it. */
export const emptyInlet: Inlet = {
  isReady: true,
  take: () => undefined,
  change: () => Promise.resolve(),
};

/** What the program that runs the app lets it read: asked for only when the app reads. */
export class ProgramInlet implements Inlet {
  readonly #next: TakeInput;
  readonly #aborted: Promise<never>;
  #chunk: Uint8Array = new Uint8Array();
  #ended = false;
  #arriving: Promise<void> | undefined;

  /**
   * @param next gives the next bytes, undefined at the end; what it throws is the end
   * @param signal ends every wait
   */
  constructor(next: TakeInput, signal: AbortSignal) {
    this.#next = next;
    const { promise, reject } = Promise.withResolvers<never>();
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    promise.catch(() => undefined);
    this.#aborted = promise;
  }

  get isReady(): boolean {
    if (this.#chunk.length > 0 || this.#ended) return true;
    this.#ask();
    return false;
  }

  take(maximum: number): Uint8Array | undefined {
    if (!this.isReady) return new Uint8Array();
    if (this.#chunk.length === 0) return undefined;
    const taken = this.#chunk.slice(0, maximum);
    this.#chunk = this.#chunk.subarray(taken.length);
    return taken;
  }

  async change(): Promise<void> {
    if (this.isReady) return;
    await Promise.race([this.#ask(), this.#aborted]);
  }

  #ask(): Promise<void> {
    this.#arriving ??= this.#next()
      .catch(() => undefined)
      .then((chunk) => {
        this.#arriving = undefined;
        if (chunk === undefined) this.#ended = true;
        else this.#chunk = chunk;
      });
    return this.#arriving;
  }
}
