import { UartError } from "@busbar/host/backend";
import type { LineByte } from "./line.ts";

/** A 16550A hands over what it has when it has so many bytes, as Linux sets it (drivers/tty/serial/8250), */
const fifoTrigger = 14;
/** or when nothing more came for the time of four bytes ("receiver timeout", PC16550D data sheet, section 8.10). */
const timeoutBytes = 4;
/** What Linux keeps for who does not read: N_TTY_BUF_SIZE of drivers/tty/n_tty.c. */
const bufferBytes = 4096;

/** What a port does with the bytes that come: they are handed over in portions, and kept until they are read, up to an end. */
export class UartReceiver {
  /** On the line, or in the chip's FIFO. */
  #coming: LineByte[] = [];
  readonly #kept: (number | "framing" | "parity" | "overrun")[] = [];

  /** What the other side has sent: on the line for some time yet. */
  add(bytes: readonly LineByte[]): void {
    this.#coming.push(...bytes);
  }

  /**
   * When bytes are handed over next, if no others come; undefined where none are on their way.
   *
   * @param byteMs how long a byte is on the line
   */
  nextMs(byteMs: number): number | undefined {
    return this.#portion(byteMs)?.atMs;
  }

  /** Takes over what has come until now. */
  follow(byteMs: number, nowMs: number): void {
    for (;;) {
      const portion = this.#portion(byteMs);
      if (portion === undefined || portion.atMs > nowMs) return;
      for (const { byte, disturbed } of this.#coming.splice(0, portion.length)) {
        if (this.#kept.length < bufferBytes) this.#kept.push(disturbed ?? byte);
        else if (this.#kept.at(-1) !== "overrun") this.#kept.push("overrun");
      }
    }
  }

  /**
   * What is there to be read, at most `maximum` bytes, up to the first that was disturbed.
   *
   * @throws UartError where that is the first
   */
  take(maximum: number): Uint8Array {
    const [first] = this.#kept;
    if (typeof first === "string") {
      this.#kept.shift();
      throw new UartError(first, texts[first]);
    }
    const end = this.#kept.findIndex((each, index) => typeof each === "string" || index === maximum);
    return Uint8Array.from(this.#kept.splice(0, end < 0 ? this.#kept.length : end) as number[]);
  }

  /** Forgets what has come until now. */
  discard(nowMs: number): void {
    this.#kept.length = 0;
    this.#coming = this.#coming.filter(({ atMs }) => atMs > nowMs);
  }

  /** The bytes that are handed over together next, and when. */
  #portion(byteMs: number): { readonly length: number; readonly atMs: number } | undefined {
    let last: LineByte | undefined;
    let length = 0;
    for (const each of this.#coming) {
      if (last !== undefined && each.atMs - last.atMs > timeoutBytes * byteMs) break;
      last = each;
      length += 1;
      if (length === fifoTrigger) return { length, atMs: each.atMs };
    }
    return last === undefined ? undefined : { length, atMs: last.atMs + timeoutBytes * byteMs };
  }
}

const texts = {
  framing: "a byte came without its stop bit",
  parity: "a byte came with the wrong parity",
  overrun: "bytes were lost, because nobody read them in time",
} as const;
