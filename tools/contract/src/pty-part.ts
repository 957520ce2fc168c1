/** A simulated part at the other side of a pseudo terminal: its bytes go through the kernel's line discipline, in real time. */

import type { UartPart } from "@busbar/sim";
import { Pty } from "./pty.ts";

/** How often the part is looked at, in milliseconds: a pseudo terminal has no speed. */
const LOOK_MS = 2;

/** A port of the kernel with a part behind it. */
export class PtyPart implements Disposable {
  readonly #pty = new Pty();
  readonly #timer: NodeJS.Timeout;

  /** @param make makes the part, on the clock of `performance` */
  constructor(make: (clock: { now(): number }) => UartPart) {
    const clock = { now: () => performance.now() };
    const part = make(clock);
    this.#timer = setInterval(() => this.#look(part, clock.now()), LOOK_MS);
  }

  /** Below /dev: "pts/3". */
  get port(): string {
    return this.#pty.port;
  }

  /** Takes it away. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#pty.unplug();
  }

  #look(part: UartPart, nowMs: number): void {
    for (const byte of this.#pty.received()) part.receive(byte, nowMs);
    while (part.nextMs !== undefined && part.nextMs <= nowMs) this.#send(part.send());
  }

  /** What does not fit, because nobody reads, is lost, as on a line. */
  #send(bytes: Uint8Array): void {
    try {
      this.#pty.send(bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
  }
}
