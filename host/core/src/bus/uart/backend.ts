/**
 * What the host needs from a platform to reach serial ports: Linux and the simulator implement these two interfaces, and the same
 * contract tests run against both.
 */

/**
 * The name of a port in the board file: the path of its device file below `/dev`, "ttyUSB0" or "serial/by-id/usb-...", or the name of
 * a simulated port. A board's ports have one name each: see `uartPortNameOf`.
 */
export type UartPortName = string;

/** What is sent after the data bits. */
export type UartParity = "none" | "odd" | "even" | "mark" | "space";

/** Who may stop whom: nobody, or each the other by RTS and CTS. */
export type UartFlowControl = "none" | "hardware";

/** How the bytes are on the line. */
export interface UartLineSettings {
  /** Bits per second. */
  readonly baudRate: number;
  /** 5 to 8. */
  readonly dataBits: number;
  readonly parity: UartParity;
  /** 1 or 2. */
  readonly stopBits: number;
  readonly flowControl: UartFlowControl;
}

/** How a port is to be opened. */
export interface UartUse extends UartLineSettings {
  /** The device's name in the board file: whoever uses the port can be named by it. */
  readonly device: string;
}

/**
 * One opened port: nobody else has it meanwhile. No two calls of one kind are under way at a time. Everything fails with a UartError,
 * `disconnected` once the port is gone.
 */
export interface UartPort {
  /**
   * Waits until there is a byte, then gives what there is.
   *
   * @param maximum the most bytes, at least 1
   * @param timeoutMs the longest wait, in milliseconds; 0 for none
   * @param signal ends the wait early, which is no failure
   * @returns empty where nothing came
   * @throws UartError `framing`, `parity`, `break` and `overrun` in their places among the bytes, each once
   */
  read(maximum: number, timeoutMs: number, signal: AbortSignal): Promise<Uint8Array>;

  /** Sends all of `data`. It may return before the last byte has left, but waits while too much is under way. */
  write(data: Uint8Array): Promise<void>;

  /** Waits until everything that was written has left. */
  drain(): Promise<void>;

  /** Forgets what has come and was not read, and the errors in it. */
  discard(): void | Promise<void>;

  /** Goes to another speed, when everything that was written has left. */
  setBaudRate(baudRate: number): void | Promise<void>;

  /** Gives the port back; what is under way fails. Never rejects; closing twice is legal, and everything else fails afterwards. */
  close(): void | Promise<void>;
}

/** A source of serial ports. */
export interface UartBackend {
  /** Shown to people: "Linux ttys", "simulator". */
  readonly name: string;

  /**
   * Opens a port; `undefined` where there is none of that name now, so that the next backend is asked.
   *
   * @throws BackendError when the port is there but cannot be used: no permission, used by somebody else, no serial port at all, or
   *   one that cannot have these settings
   */
  openUart(port: UartPortName, use: UartUse): UartPort | undefined | Promise<UartPort | undefined>;

  /**
   * Whether the port is there now.
   *
   * @throws BackendError where the platform has no serial ports
   */
  hasUart(port: UartPortName): boolean | Promise<boolean>;

  /** Tells when a port of that name comes or leaves from now on, never within this call; disposing the result ends that. */
  watchUart(port: UartPortName, listener: (event: "arrived" | "left") => void): Disposable;
}
