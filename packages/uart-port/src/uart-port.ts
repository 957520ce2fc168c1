/**
 * A serial port of the machine, as every serial port: what runs on a USB device of the class CDC runs on `/dev/ttyS0` and on any USB adapter.
 *
 * What the line is set to is the board's. A program can ask for it, and switch between the speeds that the board lists.
 */

import {
  type ControlSignals,
  completeOptions,
  DriverError,
  type LineSettings,
  type LineState,
  type OptionsOf,
  type SerialPortDriver,
  type SerialPortInfo,
  type Timer,
  UartFault,
  type UartPort,
} from "@busbar/guest";

/** It has no options: all that could be set is the board's. */
export const uartPortOptions = {};

/** What can be set: nothing. */
export type UartPortOptions = OptionsOf<typeof uartPortOptions>;

/** The most bytes of one read or write of the port, which the board has to grant. */
const PART_BYTES = 1024;

const stopBits = { 1: "one", 2: "two" } as const;

type Noted = Pick<LineState, "breakReceived" | "framingError" | "parityError" | "overrun">;

/** What each fault of the line is called in the state of a serial port. */
const noted = {
  break: "breakReceived",
  framing: "framingError",
  parity: "parityError",
  overrun: "overrun",
} as const satisfies Record<string, keyof Noted>;

const nothing: Required<Noted> = {
  breakReceived: false,
  framingError: false,
  parityError: false,
  overrun: false,
};

/** The driver of one port. Every method throws DriverError. */
export class UartSerialPort implements SerialPortDriver {
  /** A port has no ids, and no names of its own. */
  readonly info: SerialPortInfo = { vendorId: 0, productId: 0, vendor: "", product: "", serialNumber: "" };
  readonly #port: UartPort;
  readonly #timer: Timer;
  #state = nothing;
  #isClosed = false;

  /** @throws DriverError `invalid-argument` */
  constructor(port: UartPort, timer: Timer, options: Partial<UartPortOptions> = {}) {
    completeOptions(uartPortOptions, options);
    this.#port = port;
    this.#timer = timer;
  }

  getLineSettings(): LineSettings {
    const { baudRate, dataBits, parity, stopBits: bits } = this.#port.lineSettings();
    return { baudRate, dataBits, parity, stopBits: stopBits[bits as 1 | 2] };
  }

  /** Another speed is set where the board lists it; anything else is as the board says, or `unsupported`. */
  setLineSettings(settings: LineSettings): void {
    const now = this.getLineSettings();
    for (const name of ["dataBits", "parity", "stopBits"] as const) {
      if (settings[name] === now[name]) continue;
      throw DriverError.unsupported(
        `The board sets ${name} of this port to ${now[name]}; change "uart" of the entry to have ${settings[name]}.`,
      );
    }
    if (settings.baudRate !== now.baudRate) this.#port.setBaudRate(settings.baudRate);
  }

  /** Bytes that were disturbed are left out, and noted in the state. */
  read(max: number, timeoutMs: number): Uint8Array {
    if (max === 0) return new Uint8Array();
    const endMs = this.#timer.nowMs() + timeoutMs;
    for (;;) {
      const leftMs = Math.max(endMs - this.#timer.nowMs(), 0);
      try {
        return this.#port.read(Math.min(max, PART_BYTES), leftMs);
      } catch (error) {
        if (!(error instanceof UartFault && error.isOfLine)) throw error;
        this.#state = { ...this.#state, [noted[error.code as keyof typeof noted]]: true };
      }
    }
  }

  write(data: Uint8Array): void {
    for (let sent = 0; sent < data.length; sent += PART_BYTES) {
      this.#port.write(data.subarray(sent, sent + PART_BYTES));
    }
  }

  drain(): void {
    this.#port.drain();
  }

  /** Opening raised both, as the system does; nothing else can be had. */
  setControlSignals({ dataTerminalReady, requestToSend }: ControlSignals): void {
    if (dataTerminalReady && requestToSend) return;
    throw DriverError.unsupported(
      "The control signals of this port stay raised while it is open; close it to lower them.",
    );
  }

  /** What was wrong on the line since it was asked last; the other side's signals are not told. */
  getLineState(): LineState {
    const state = this.#state;
    this.#state = nothing;
    return { carrierDetect: false, dataSetReady: false, ring: false, ...state };
  }

  sendBreak(): void {
    throw DriverError.unsupported(
      "This port sends no breaks; use a USB device with the driver @busbar/cdc-acm.",
    );
  }

  /** Waits until all has left. A port that may not be written has nothing to wait for. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      this.#port.drain();
    } catch (error) {
      if (!(error instanceof UartFault && error.code === "denied")) throw error;
    }
  }
}
