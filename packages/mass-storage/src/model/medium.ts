/** What a simulated disk keeps its bytes on. */
export interface Medium {
  /** How many bytes there are. */
  readonly bytes: number;
  /** Reads inside of `bytes`. */
  read(offset: number, length: number): Uint8Array;
  /** Writes inside of `bytes`. */
  write(offset: number, data: Uint8Array): void;
  /** Everything that was written is safe when it returns. */
  flush(): void;
}

const PAGE_BYTES = 64 * 1024;

/** Memory that is only taken where something was written; the rest reads as zeros. */
export class MemoryMedium implements Medium {
  readonly bytes: number;
  readonly #pages = new Map<number, Uint8Array>();

  constructor(bytes: number) {
    this.bytes = bytes;
  }

  read(offset: number, length: number): Uint8Array {
    const data = new Uint8Array(length);
    for (const { page, inPage, at, count } of pieces(offset, length)) {
      const bytes = this.#pages.get(page);
      if (bytes !== undefined) data.set(bytes.subarray(inPage, inPage + count), at);
    }
    return data;
  }

  write(offset: number, data: Uint8Array): void {
    for (const { page, inPage, at, count } of pieces(offset, data.length)) {
      const bytes = this.#pages.get(page) ?? new Uint8Array(PAGE_BYTES);
      this.#pages.set(page, bytes);
      bytes.set(data.subarray(at, at + count), inPage);
    }
  }

  flush(): void {}
}

function* pieces(offset: number, length: number) {
  for (let at = 0; at < length; ) {
    const page = Math.floor((offset + at) / PAGE_BYTES);
    const inPage = offset + at - page * PAGE_BYTES;
    const count = Math.min(PAGE_BYTES - inPage, length - at);
    yield { page, inPage, at, count };
    at += count;
  }
}
