/// <reference lib="dom" />

/** The memory of a flattened module as the canonical ABI uses it: strings, lists of bytes, and places for results. */
export class GuestMemory {
  readonly #memory: WebAssembly.Memory;
  readonly #realloc: (old: number, oldSize: number, align: number, size: number) => number;

  /** @param exports of an instance */
  constructor({ memory, cabi_realloc }: WebAssembly.Exports) {
    this.#memory = memory as WebAssembly.Memory;
    this.#realloc = cabi_realloc as (old: number, oldSize: number, align: number, size: number) => number;
  }

  /** Of its bytes as they are now: they move when the memory grows. */
  get view(): DataView {
    return new DataView(this.#memory.buffer);
  }

  /** A place of the guest's own. */
  allocate(align: number, size: number): number {
    return this.#realloc(0, 0, align, size) >>> 0;
  }

  bytesAt(at: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, at, length).slice();
  }

  textAt(at: number, length: number): string {
    return new TextDecoder().decode(this.bytesAt(at, length));
  }

  /** Stores bytes somewhere, and their place and length at `pointer`. */
  storeBytes(bytes: Uint8Array, pointer: number): void {
    const at = this.allocate(1, bytes.length);
    new Uint8Array(this.#memory.buffer).set(bytes, at);
    this.storePair(at, bytes.length, pointer);
  }

  storePair(first: number, second: number, pointer: number): void {
    this.view.setUint32(pointer, first, true);
    this.view.setUint32(pointer + 4, second, true);
  }

  pairAt(pointer: number): [first: number, second: number] {
    return [this.view.getUint32(pointer, true), this.view.getUint32(pointer + 4, true)];
  }
}
