/** What busbar:board/uart throws, as the one error of drivers. */

import { DriverError, payloadOf } from "./errors.ts";
import type { DeviceError, UartError } from "./wit.ts";

/** A case of busbar:board/uart `error`. */
export type UartFaultCode = UartError["tag"];

/** The cases that are about some bytes on the line: who waits for a frame goes on with the next one. */
const lineFaults: ReadonlySet<UartFaultCode> = new Set(["framing", "parity", "break", "overrun"]);

/** A failed call on a serial port: a DriverError that keeps the case, for drivers that go on after a disturbed byte. */
export class UartFault extends DriverError {
  /** The case of busbar:board/uart `error`. */
  readonly code: UartFaultCode;

  /**
   * @param doing what the driver was doing: "reading from the port"
   * @param reason the host's own sentence, where the case has one
   */
  constructor(code: UartFaultCode, doing: string, reason?: string, options?: ErrorOptions) {
    super(payloads[code](doing, reason === undefined ? "" : ` (${reason.replace(/\.$/, "")})`), options);
    this.code = code;
  }

  /** Whether some bytes were disturbed or lost, and the port goes on. */
  get isOfLine(): boolean {
    return lineFaults.has(this.code);
  }
}

const busFault = (kind: "bus" | "overrun" | "other", message: string): DeviceError => ({
  tag: "bus",
  val: { kind, message },
});

/** Every case as the case of busbar:device/errors that says most about it. */
const payloads: Readonly<Record<UartFaultCode, (doing: string, why: string) => DeviceError>> = {
  denied: (doing, why) => ({
    tag: "access-denied",
    val: `${capitalized(doing)} is not allowed${why}; see the host's audit trail, and grant it in the board file.`,
  }),
  disconnected: (doing, why) => ({
    tag: "disconnected",
    val: `${capitalized(doing)} failed: the serial port is gone${why}; plug it in and open it again.`,
  }),
  framing: (doing) =>
    busFault("bus", `${doing}, in which a byte had no stop bit: check baud rate, ground and wires`),
  parity: (doing) =>
    busFault("bus", `${doing}, in which a byte had the wrong parity: check parity and wires`),
  break: (doing) => busFault("bus", `${doing}, while the other side held the line: check wires and power`),
  overrun: (doing) => busFault("overrun", `${doing}, of which bytes were lost`),
  other: (doing, why) => busFault("other", `${doing}${why}`),
};

/**
 * Turns what a call of busbar:board/uart threw into a UartFault.
 *
 * @param error an Error whose `payload` is an `error` of busbar:board/uart; a DriverError is returned as it is
 * @param doing what the driver was doing: "reading from the port"
 * @throws `error` itself when it is neither: that is a bug, and must not look like a fault of the line
 */
export function uartFault(error: unknown, doing: string): DriverError {
  if (error instanceof DriverError) return error;
  const { tag, val } = payloadOf(error);
  if (typeof tag !== "string" || !Object.hasOwn(payloads, tag)) throw error;
  const reason = typeof val === "string" && val !== "" ? val : undefined;
  return new UartFault(tag as UartFaultCode, doing, reason, { cause: error });
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
