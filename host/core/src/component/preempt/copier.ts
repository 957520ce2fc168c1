import type { Writer } from "../writer.ts";

/** Copies a function's code piece by piece, so that something can be put between two instructions. */
export class Copier {
  readonly out: Writer;
  readonly #source: Uint8Array;
  #copied = 0;

  /** @param source whose positions all of the methods mean; `out` is where its pieces go */
  constructor(source: Uint8Array, out: Writer) {
    this.#source = source;
    this.out = out;
  }

  /** Copies what was not copied yet, up to `at`. */
  upTo(at: number): void {
    this.out.copy(this.#source, this.#copied, at);
    this.#copied = at;
  }

  /** Leaves everything out up to `at`. */
  skipTo(at: number): void {
    this.#copied = at;
  }
}
