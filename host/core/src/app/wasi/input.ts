/** Where an app's input streams read from. */

import type { Readiness } from "../../interfaces/wasi-poll.ts";
import { Waiters } from "../../waiters.ts";
import type { TakeInput } from "../context.ts";

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
  /** @param over where it is left out, only the app's end ends the wait */
  change(over?: AbortSignal): Promise<void>;
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
  readonly #signal: AbortSignal;
  readonly #waiters = new Waiters();
  #chunk: Uint8Array = new Uint8Array();
  #ended = false;
  #isAsked = false;

  /**
   * @param next gives the next bytes, undefined at the end; what it throws is the end
   * @param signal ends every wait
   */
  constructor(next: TakeInput, signal: AbortSignal) {
    this.#next = next;
    this.#signal = signal;
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

  async change(over: AbortSignal = this.#signal): Promise<void> {
    if (!this.isReady) await this.#waiters.wait(this.#signal, over);
  }

  #ask(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    void this.#next()
      .catch(() => undefined)
      .then((chunk) => {
        this.#isAsked = false;
        if (chunk === undefined) this.#ended = true;
        else this.#chunk = chunk;
        this.#waiters.wake();
      });
  }
}
