import { Change } from "./change.ts";
import type { TransferSignal } from "./device.ts";

/** A ring of bytes between two endpoints, as firmware has it. */
export class ByteFifo {
  readonly #bytes: Uint8Array;
  readonly #change = new Change();
  #start = 0;
  #length = 0;

  /** @param capacity bytes, at least 1 */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** How many bytes wait to be read. */
  get length(): number {
    return this.#length;
  }

  /** How many bytes fit. */
  get room(): number {
    return this.#bytes.length - this.#length;
  }

  /** Adds as many bytes as fit. @returns how many */
  add(data: Uint8Array): number {
    const count = Math.min(data.length, this.room);
    for (let index = 0; index < count; index += 1) {
      this.#bytes[(this.#start + this.#length + index) % this.#bytes.length] = data[index]!;
    }
    this.#length += count;
    if (count > 0) this.#change.tell();
    return count;
  }

  /** Adds all of `data`, and waits where it does not fit. @throws the signal's reason when it aborts */
  async write(data: Uint8Array, signal: TransferSignal): Promise<number> {
    let written = this.add(data);
    while (written < data.length) {
      await this.#change.wait(signal);
      written += this.add(data.subarray(written));
    }
    return written;
  }

  /** Takes at most `length` bytes, and waits where there is none. @throws the signal's reason when it aborts */
  async read(length: number, signal: TransferSignal): Promise<Uint8Array> {
    while (this.#length === 0) await this.#change.wait(signal);
    const taken = new Uint8Array(Math.min(length, this.#length));
    for (let index = 0; index < taken.length; index += 1) {
      taken[index] = this.#bytes[(this.#start + index) % this.#bytes.length]!;
    }
    this.#start = (this.#start + taken.length) % this.#bytes.length;
    this.#length -= taken.length;
    this.#change.tell();
    return taken;
  }

  /** Drops what is there. */
  clear(): void {
    this.#length = 0;
    this.#change.tell();
  }
}
