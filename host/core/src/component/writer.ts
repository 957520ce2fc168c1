/**
 * A growing buffer in which WebAssembly binaries are written.
 *
 * Source: WebAssembly Core Specification 5.1.3 (vectors), 5.2.2 (integers), 5.2.4 (names).
 */

/** The bytes that a size with its place kept takes: the longest encoding of 32 bits, which 5.2.2 allows for any size. */
const sizeBytes = 5;

/** Writes behind what was written before. */
export class Writer {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  /** @param capacity how many bytes to have room for at first */
  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** How many bytes were written; also where the next one goes. */
  get length(): number {
    return this.#length;
  }

  /** Appends one byte. */
  byte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#length] = byte;
    this.#length += 1;
  }

  /** Writes over one byte that was written before, at `place`. */
  setByte(place: number, byte: number): void {
    this.#bytes[place] = byte;
  }

  /** Appends bytes as they are. */
  bytes(bytes: ArrayLike<number>): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Copies a piece of `source`. Cheap for a handful of bytes as well as for a megabyte. */
  copy(source: Uint8Array, from: number, to: number): void {
    const length = to - from;
    this.#reserve(length);
    // A view costs more than copying what most pieces between two checks are.
    if (length < 64) {
      for (let index = 0; index < length; index += 1)
        this.#bytes[this.#length + index] = source[from + index]!;
    } else this.#bytes.set(source.subarray(from, to), this.#length);
    this.#length += length;
  }

  /** Copies all that another writer has. */
  append(other: Writer): void {
    this.copy(other.#bytes, 0, other.#length);
  }

  /** An unsigned number below 2^32 as LEB128, in as few bytes as it takes. */
  u32(value: number): void {
    let rest = value >>> 0;
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** A signed number of 32 bits as LEB128, in as few bytes as it takes. */
  s32(value: number): void {
    let rest = value | 0;
    while (rest < -0x40 || rest > 0x3f) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    this.byte(rest & 0x7f);
  }

  /** A name: its length in bytes of UTF-8, then these. */
  text(text: string): void {
    const encoded = utf8.encode(text);
    this.u32(encoded.length);
    this.bytes(encoded);
  }

  /** Keeps the place of a size that is not known yet; `fillSize` takes what this returns. */
  keepSize(): number {
    this.#reserve(sizeBytes);
    this.#length += sizeBytes;
    return this.#length;
  }

  /** Writes the count of bytes since `start`, which `keepSize` returned, into the place that it kept, padded to 5 bytes. */
  fillSize(start: number): void {
    let rest = this.#length - start;
    for (let index = 1; index <= sizeBytes; index += 1) {
      this.#bytes[start - sizeBytes + index - 1] = (rest & 0x7f) | (index < sizeBytes ? 0x80 : 0);
      rest >>>= 7;
    }
  }

  /** As `fillSize`, but in as few bytes as the size takes: what was written since moves up to it. For small pieces. */
  closeSize(start: number): void {
    const size = this.#length - start;
    const at = start - sizeBytes;
    this.#length = at;
    this.u32(size);
    this.#bytes.copyWithin(this.#length, start, start + size);
    this.#length += size;
  }

  /** Takes the bytes from `from` to `to` out again. */
  remove(from: number, to: number): void {
    this.#bytes.copyWithin(from, to, this.#length);
    this.#length -= to - from;
  }

  /** What was written, as an array of its own. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
  }
}

const utf8 = new TextEncoder();
