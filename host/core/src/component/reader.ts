/**
 * A bounded reader of WebAssembly binaries, core modules and components alike. What lies past the end is a LinkError,
 * never a read of other bytes, and a count is held against the bytes that are left before anything is made for it.
 *
 * Source: WebAssembly Core Specification 5.1.3 (vectors), 5.2.2 (integers), 5.2.4 (names); the Component Model's
 * Binary.md uses the same three.
 */

/**
 * A component or core module is malformed, or uses something that this host does not have. The message is a clause that
 * names the thing, without the file or the device, which the caller puts in front.
 */
export class LinkError extends Error {
  override readonly name = "LinkError";
}

/** Sections, definitions, and the items of lists, all together. The components of the largest tool chains have a few thousand. */
const mostItems = 100_000;

/** Reads `bytes` from `at` up to `end`; neither is copied. */
export class Reader {
  readonly bytes: Uint8Array;
  /** Where the first byte after the last that may be read is. */
  readonly end: number;
  /** Where the next byte is: a position in `bytes`, so that parts report positions of the whole. */
  at: number;
  /** What may still be made of it, all its parts together. */
  readonly #items: { left: number };

  /**
   * @param start where to begin, in bytes
   * @param end where to stop; past the end of `bytes` it is a LinkError
   */
  constructor(bytes: Uint8Array, start = 0, end = bytes.length, items = { left: mostItems }) {
    if (start > end || end > bytes.length) throw new LinkError(endsEarly(bytes.length));
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.#items = items;
  }

  /**
   * Before something is made of each of `count` items: a file of megabytes must not become objects of gigabytes.
   *
   * @throws LinkError when there are more than any tool chain makes
   */
  take(count: number): void {
    this.#items.left -= count;
    if (this.#items.left < 0) throw new LinkError(`more than ${mostItems} parts are not supported`);
  }

  /** Whether everything was read. */
  get done(): boolean {
    return this.at >= this.end;
  }

  /** @throws LinkError at the end */
  byte(): number {
    if (this.at >= this.end) throw new LinkError(endsEarly(this.at));
    const byte = this.bytes[this.at]!;
    this.at += 1;
    return byte;
  }

  /**
   * Leaves `count` bytes out.
   *
   * @throws LinkError when there are not as many
   */
  skip(count: number): void {
    if (count > this.end - this.at) throw new LinkError(endsEarly(this.end));
    this.at += count;
  }

  /** The next byte, which stays the next; -1 at the end. */
  peek(): number {
    return this.at < this.end ? this.bytes[this.at]! : -1;
  }

  /**
   * An unsigned LEB128 number (5.2.2).
   *
   * @throws LinkError when it takes more than 5 bytes or more than 32 bits
   */
  u32(): number {
    let byte = this.byte();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let shift = 7; shift < 35; shift += 7) {
      byte = this.byte();
      if (shift === 28 && byte > 0x0f) break;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new LinkError(`the number that ends at byte ${this.at} has more than 32 bits`);
  }

  /**
   * The length of a list whose items take at least one byte each.
   *
   * @throws LinkError when there are not as many bytes left
   */
  count(): number {
    const count = this.u32();
    const left = this.end - this.at;
    if (count > left) throw new LinkError(`a list of ${count} lies in ${left} bytes (at byte ${this.at})`);
    return count;
  }

  /** A list (5.1.3) whose items take at least one byte each. */
  list<Item>(read: (reader: this) => Item): Item[] {
    const count = this.count();
    this.take(count);
    const items: Item[] = [];
    for (let index = 0; index < count; index += 1) items.push(read(this));
    return items;
  }

  /**
   * A name (5.2.4).
   *
   * @throws LinkError when it is not UTF-8
   */
  text(): string {
    const length = this.count();
    const from = this.at;
    this.at += length;
    return this.#ascii(from) ?? this.#decode(from);
  }

  /** Almost all names are short and ASCII, and a decoder costs more than all the rest of a small section. */
  #ascii(from: number): string | undefined {
    if (this.at - from > 256) return undefined;
    let text = "";
    for (let index = from; index < this.at; index += 1) {
      const byte = this.bytes[index]!;
      if (byte >= 0x80) return undefined;
      text += String.fromCharCode(byte);
    }
    return text;
  }

  #decode(from: number): string {
    try {
      return utf8.decode(this.bytes.subarray(from, this.at));
    } catch {
      throw new LinkError(`the name at byte ${from} is not UTF-8`);
    }
  }

  /** A part that begins with its length in bytes, as a reader with its own end; this one goes on behind it. */
  part(): Reader {
    const length = this.count();
    const part = new Reader(this.bytes, this.at, this.at + length, this.#items);
    this.at += length;
    return part;
  }

  /**
   * Reads a byte that can only be `byte`.
   *
   * @param what what it stands for, as the beginning of the message: "a function type"
   * @throws LinkError when it is another
   */
  expect(byte: number, what: string): void {
    const found = this.byte();
    if (found !== byte) throw new LinkError(`${what} begins with ${hex(found)} instead of ${hex(byte)}`);
  }

  /** A byte 0, or a byte 1 and what `read` reads: undefined for 0. */
  optional<Value>(read: (reader: this) => Value): Value | undefined {
    const present = this.byte();
    if (present > 1) throw new LinkError(`an option begins with ${hex(present)} instead of 0x00 or 0x01`);
    return present === 1 ? read(this) : undefined;
  }

  /** All bytes that are left, not copied. */
  rest(): Uint8Array {
    const bytes = this.bytes.subarray(this.at, this.end);
    this.at = this.end;
    return bytes;
  }
}

/** The byte as specifications and messages write it: "0x0b". */
export function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, "0")}`;
}

// A name that begins with U+FEFF has it as its first character (5.2.4 takes nothing away).
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function endsEarly(at: number): string {
  return `the binary ends too early (at byte ${at})`;
}
