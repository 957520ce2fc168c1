/** Bytes that were received and not yet read. */

const nothing = new Uint8Array();

/** A queue of bytes, kept in the pieces in which they came. */
export class ByteBuffer {
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  /** How many bytes there are. */
  get length(): number {
    return this.#length;
  }

  /** Adds pieces at the end; they belong to the buffer from now on. */
  add(pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) {
      if (piece.length === 0) continue;
      this.#pieces.push(piece);
      this.#length += piece.length;
    }
  }

  /** Takes what there is from the beginning, at most `maximum` bytes. */
  take(maximum: number): Uint8Array {
    const taken = new Uint8Array(Math.min(maximum, this.#length));
    if (taken.length === 0) return nothing;
    let filled = 0;
    let whole = 0;
    for (const piece of this.#pieces) {
      const part = piece.subarray(0, taken.length - filled);
      taken.set(part, filled);
      filled += part.length;
      if (part.length < piece.length) {
        this.#pieces[whole] = piece.subarray(part.length);
        break;
      }
      whole += 1;
    }
    this.#pieces.splice(0, whole);
    this.#length -= filled;
    return taken;
  }
}
