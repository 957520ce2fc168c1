import type { UartForm, UartPart } from "@busbar/model";

/** What happens to a byte whose sender and receiver are not set alike. */
export type Disturbance = "framing" | "parity";

/** A byte on its way, or what has become of it. */
export interface LineByte {
  readonly byte: number;
  /** When it has come whole, in milliseconds. */
  readonly atMs: number;
  readonly disturbed: Disturbance | undefined;
}

/** How far two clocks may be apart for a byte to arrive: half a bit, at the end of the last of ten. */
const tolerance = 0.05;

/** How long a byte is on the line, in milliseconds: start bit, data bits, parity bit, stop bits. */
export function byteMs({ baudRate, dataBits, parity, stopBits }: UartForm): number {
  return ((1 + dataBits + (parity === "none" ? 0 : 1) + stopBits) * 1000) / baudRate;
}

/**
 * The wires between a port and a part: each byte takes the time that its speed gives it, and what one side sends while the other is set
 * differently arrives disturbed.
 */
export class UartLine {
  readonly #part: UartPart;
  /** On their way to the part. */
  readonly #toPart: LineByte[] = [];
  #freeMs = { in: Number.NEGATIVE_INFINITY, out: Number.NEGATIVE_INFINITY };

  constructor(part: UartPart) {
    this.#part = part;
  }

  /** When all that the port has sent so far has left it. */
  get sentMs(): number {
    return this.#freeMs.out;
  }

  /** How many bytes of the port have not left it yet. */
  unsent(nowMs: number): number {
    return this.#toPart.filter(({ atMs }) => atMs > nowMs).length;
  }

  /** When something happens next that does not depend on the port; undefined where nothing does. */
  get nextMs(): number | undefined {
    const times = [this.#part.nextMs, this.#toPart[0]?.atMs].filter((each) => each !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** The port sends bytes, behind those that it sent before. */
  send(bytes: Uint8Array, form: UartForm, nowMs: number): void {
    for (const byte of bytes) {
      this.#freeMs.out = Math.max(this.#freeMs.out, nowMs) + byteMs(form);
      this.#toPart.push({ byte, atMs: this.#freeMs.out, disturbed: this.#disturbance(form) });
    }
  }

  /**
   * Lets all happen that has happened until now, in its order.
   *
   * @returns what the part has sent: when each byte is whole at the port may be later than now
   */
  follow(form: UartForm, nowMs: number): LineByte[] {
    const received: LineByte[] = [];
    for (;;) {
      const [first] = this.#toPart;
      const partMs = this.#part.nextMs;
      if (first !== undefined && first.atMs <= nowMs && !(partMs !== undefined && partMs < first.atMs)) {
        this.#toPart.shift();
        // What came disturbed is no byte to it.
        if (first.disturbed === undefined) this.#part.receive(first.byte, first.atMs);
      } else if (partMs !== undefined && partMs <= nowMs) {
        received.push(...this.#sent(partMs, form));
      } else return received;
    }
  }

  #sent(beginMs: number, form: UartForm): LineByte[] {
    const partForm = this.#part.form ?? form;
    const disturbed = this.#disturbance(form);
    return Array.from(this.#part.send(), (byte) => {
      this.#freeMs.in = Math.max(this.#freeMs.in, beginMs) + byteMs(partForm);
      return { byte, atMs: this.#freeMs.in, disturbed };
    });
  }

  #disturbance(form: UartForm): Disturbance | undefined {
    const { form: own } = this.#part;
    if (own === undefined) return undefined;
    const isFast = Math.abs(own.baudRate / form.baudRate - 1) <= tolerance;
    // A second stop bit is a pause to who wants only one; one too few shows in the next byte's first.
    if (!isFast || own.dataBits !== form.dataBits) return "framing";
    return own.parity === form.parity ? undefined : "parity";
  }
}
