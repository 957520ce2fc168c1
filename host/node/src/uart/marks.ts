/** What a tty gives in place of a byte that is none. */
export type LineMark = "framing-or-parity" | "break";

/** A byte, or what was in its place. */
export type Marked = number | LineMark;

const MARK = 0xff;

/**
 * Reads what a tty with PARMRK gives (termios(3)): 0xFF 0x00 X is a byte X that came disturbed, 0xFF 0x00 0x00 a break, and 0xFF 0xFF the
 * byte 0xFF. Any bytes can be pushed in any pieces.
 */
export class MarkDecoder {
  /** What has come of a mark: nothing, its first byte, or two. */
  #state: 0 | 1 | 2 = 0;

  push(bytes: Uint8Array): Marked[] {
    const result: Marked[] = [];
    for (const byte of bytes) {
      if (this.#state === 2) {
        this.#state = 0;
        result.push(byte === 0 ? "break" : "framing-or-parity");
      } else if (this.#state === 1) {
        this.#state = byte === 0 ? 2 : 0;
        // Anything else behind a lone 0xFF is of no kernel; it is taken for what it looks like.
        if (byte !== 0) result.push(...(byte === MARK ? [MARK] : [MARK, byte]));
      } else if (byte === MARK) this.#state = 1;
      else result.push(byte);
    }
    return result;
  }

  /** What was begun is gone. */
  reset(): void {
    this.#state = 0;
  }
}
