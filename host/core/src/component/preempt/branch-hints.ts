/**
 * Tells the engine that the checks almost never ask the gate: it then keeps the call out of the loop around it, and the
 * values of that loop in registers.
 *
 * Source: WebAssembly branch hinting (phase 5), custom section "metadata.code.branch_hint": for each function with hints
 * its index, then for each hint the place of the `if` behind the start of the body, the size 1, and 0 for "not taken".
 */

import { Writer } from "../writer.ts";
import { sectionId } from "./layout.ts";

/** Collects the hints of a module's functions, in the order of their bodies. */
export class BranchHints {
  readonly #section = new Writer();
  #functions = 0;
  #places: number[] = [];

  /** The next unlikely `if` of the function that is being written is at `place` of the output. */
  unlikely(place: number): void {
    this.#places.push(place);
  }

  /** The function's first `if` was taken out again, and what followed moved up by `removed` bytes. */
  forgetFirst(removed: number): void {
    this.#places = this.#places.slice(1).map((place) => place - removed);
  }

  /**
   * A function was written.
   *
   * @param index in the module's index space of functions
   * @param start of its body in the output
   */
  closeFunction(index: number, start: number): void {
    if (this.#places.length === 0) return;
    this.#functions += 1;
    this.#section.u32(index);
    this.#section.u32(this.#places.length);
    for (const place of this.#places) {
      this.#section.u32(place - start);
      this.#section.bytes([1, 0]);
    }
    this.#places.length = 0;
  }

  /** Writes the section, which must come before the code. */
  write(out: Writer): void {
    if (this.#functions === 0) return;
    out.byte(sectionId.custom);
    const start = out.keepSize();
    out.text("metadata.code.branch_hint");
    out.u32(this.#functions);
    out.bytes(this.#section.finish());
    out.fillSize(start);
  }
}
