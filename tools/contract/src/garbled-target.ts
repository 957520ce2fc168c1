/** A chip at the end of a broken wire. */

import type { I2cDirection, I2cTarget } from "@busbar/sim";
import { randomOf } from "./random.ts";

/** What is read instead of what the chip sends: one byte for ever, or random bytes. */
export type Nonsense = { readonly byte: number } | { readonly seed: number };

/** Acknowledges and takes everything as the chip does; what is read of it can be made nonsense. */
export class Garbled implements I2cTarget {
  readonly #chip: I2cTarget;
  #next: (() => number) | undefined;

  constructor(chip: I2cTarget) {
    this.#chip = chip;
  }

  /** From now on nonsense is read. */
  garble(nonsense: Nonsense): void {
    this.#next = "byte" in nonsense ? () => nonsense.byte : bytesOf(nonsense.seed);
  }

  /** From now on the chip is read. */
  mend(): void {
    this.#next = undefined;
  }

  start(direction: I2cDirection, repeated: boolean): boolean {
    return this.#chip.start(direction, repeated);
  }

  write(byte: number): boolean {
    return this.#chip.write(byte);
  }

  read(): number {
    const byte = this.#chip.read();
    return this.#next?.() ?? byte;
  }

  stop(): void {
    this.#chip.stop();
  }
}

function bytesOf(seed: number): () => number {
  const random = randomOf(seed);
  return () => random(256);
}
