/** What a driver on a serial line is given: its port. Drivers see the interface; the class wraps what WIT gives. */

import { DriverError } from "./errors.ts";
import { uartFault } from "./uart-errors.ts";
import type { WasiUartPort as Handle, UartLineSettings } from "./wit.ts";

/**
 * One serial port, set as the board file says. Bytes only: nothing tells where a message ends, or whose it is. All methods throw
 * UartFault, which is a DriverError: `bus` for what happened to bytes on the line, `access-denied` for what is not granted, and
 * `disconnected` for a port that is gone or was closed.
 */
export interface UartPort {
  /** How the bytes are on the line. */
  lineSettings(): UartLineSettings;

  /**
   * What there is, at most `maximum` bytes; waits for it at most `timeoutMs` milliseconds. Empty when nothing came. A disturbed byte
   * is an error in its place: the next call goes on behind it.
   */
  read(maximum: number, timeoutMs: number): Uint8Array;

  /** Sends all of `bytes`; the last of it can still be under way. */
  write(bytes: Uint8Array): void;

  /** Waits until everything that was written has left. */
  drain(): void;

  /** Forgets what has come and was not read. */
  discard(): void;

  /** Goes to another speed, one that the board lists, when what was written has left. */
  setBaudRate(baudRate: number): void;
}

/** A UartPort over busbar:board/uart. Closing twice is legal. */
export class WasiUartPort implements UartPort, Disposable {
  #port: Handle | undefined;

  constructor(port: Handle) {
    this.#port = port;
  }

  lineSettings(): UartLineSettings {
    return this.#run("asking for the line settings", (port) => port.getLineSettings());
  }

  read(maximum: number, timeoutMs: number): Uint8Array {
    return this.#run("reading from the port", (port) => port.read(maximum, toWait(timeoutMs)));
  }

  write(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#run(`writing ${bytes.length} bytes`, (port) => port.write(bytes));
  }

  drain(): void {
    this.#run("waiting until all was sent", (port) => port.drain());
  }

  discard(): void {
    this.#run("forgetting what was received", (port) => port.discard());
  }

  setBaudRate(baudRate: number): void {
    this.#run(`switching the port to ${baudRate} baud`, (port) => port.setBaudRate(baudRate));
  }

  [Symbol.dispose](): void {
    // An engine traps when a handle is dropped twice.
    const port = this.#port;
    this.#port = undefined;
    port?.[Symbol.dispose]();
  }

  #run<Result>(doing: string, call: (port: Handle) => Result): Result {
    if (this.#port === undefined) throw DriverError.disconnected("The port was closed; open it again.");
    try {
      return call(this.#port);
    } catch (error) {
      throw uartFault(error, doing);
    }
  }
}

/** WIT's u32 goes to 2^32 - 1, but both engines pass 2^31 and more wrongly; no call of a driver lasts so long. */
function toWait(ms: number): number {
  return Math.min(Math.max(Math.ceil(ms), 0), 2 ** 31 - 1);
}
