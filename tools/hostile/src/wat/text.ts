import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";

/** A component or core module of WebAssembly text. */
export function wat(text: string): Promise<Uint8Array> {
  return parse(text);
}

/** Bytes as a string of WebAssembly text. */
export function watBytes(bytes: Iterable<number>): string {
  return [...bytes].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("");
}

/** Where values are laid out before they become a data segment. */
export class Data {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #end: number;

  /**
   * @param size in bytes
   * @param heap where texts and lists go, one after the other
   */
  constructor(size: number, heap: number) {
    this.#bytes = new Uint8Array(size);
    this.#view = new DataView(this.#bytes.buffer);
    this.#end = heap;
  }

  u32(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }

  f64(at: number, value: number): void {
    this.#view.setFloat64(at, value, true);
  }

  /** Puts a text somewhere, and its pointer and length at `at`. */
  text(at: number, value: string | Uint8Array): void {
    const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
    this.#bytes.set(bytes, this.#end);
    this.u32(at, this.#end);
    this.u32(at + 4, bytes.length);
    this.#end += (bytes.length + 7) & ~7;
  }

  /** Keeps room for so many bytes, aligned to 8. */
  room(bytes: number): number {
    const at = this.#end;
    this.#end += (bytes + 7) & ~7;
    return at;
  }

  /** What a data segment at 0 holds. */
  toString(): string {
    return watBytes(this.#bytes.subarray(0, this.#end));
  }
}
