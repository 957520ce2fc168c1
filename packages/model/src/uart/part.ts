/** How the bytes of a part are on its line. */
export interface UartForm {
  /** Bits per second. */
  readonly baudRate: number;
  /** 5 to 8. */
  readonly dataBits: number;
  /** What is sent after the data bits. */
  readonly parity: "none" | "odd" | "even" | "mark" | "space";
  /** 1 or 2. */
  readonly stopBits: number;
}

/** 9600 baud, eight data bits, no parity, one stop bit: what most parts have from the factory. */
export const usualUartForm: UartForm = { baudRate: 9600, dataBits: 8, parity: "none", stopBits: 1 };

/**
 * A simulated part on a serial line, as its wires see it: what it sends follows from the time and from what it was sent, so that nothing in it
 * waits. How long its bytes take on the line is the line's business.
 */
export interface UartPart {
  /** How its bytes are on the line now; it understands no others. Undefined: as the other side's are, whatever they are. */
  readonly form: UartForm | undefined;

  /** When it begins to send next, in milliseconds of the clock; undefined where it never does unless it is sent something. */
  readonly nextMs: number | undefined;

  /** It begins to send: `nextMs` has come. All bytes that it sends now, one behind the other; `nextMs` is later afterwards. */
  send(): Uint8Array;

  /** A whole byte has come, at this time, not before any other that it was told of. */
  receive(byte: number, atMs: number): void;

  /** What a person would see, as lines of text; only of what has something to see, such as a display. */
  render?(): string;
}
