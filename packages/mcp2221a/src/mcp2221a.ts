/**
 * Microchip MCP2221A and MCP2221: an I2C controller over USB, by reports of a human interface device.
 *
 * Data sheet: "MCP2221A USB 2.0 to I2C/UART Protocol Converter with GPIO", DS20005565B, 2017.
 */

import {
  completeOptions,
  DriverError,
  type GpioControllerDriver,
  type GpioLevel,
  type GpioLineUse,
  hex,
  type I2cControllerDriver,
  type I2cOperation,
  integer,
  type OptionsOf,
  type Time,
  type UsbDevice,
} from "@busbar/guest";
import {
  Command,
  DATA_BYTES,
  getDataReport,
  getPinsReport,
  getSettingsReport,
  gpioSetting,
  isTimeout,
  parseData,
  parsePin,
  parseSettings,
  parseStatus,
  REPORT_BYTES,
  State,
  type Status,
  setPinReport,
  setPinsReport,
  statusReport,
  transferReport,
} from "./reports.ts";

/** The options, their defaults, and the settings of a board file. */
export const mcp2221aOptions = {
  /** The clock of the bus in kHz: 12 MHz divided by 30 to 258 (section 1.8, table 3-1). */
  clockKhz: integer({ minimum: 47, maximum: 400 }, 100),
};

/** What can be set; see `mcp2221aOptions`. */
export type MCP2221AOptions = OptionsOf<typeof mcp2221aOptions>;

/** bInterfaceClass of a human interface device: the chip has a serial port beside it. */
const HID_CLASS = 0x03;

/** How long an answer may take: it comes within a few frames of USB. */
const answerMs = 1000;

/** How long the engine may need for a transfer beside the time of its bits: a target may hold the clock. */
const patienceMs = 500;

/** Bits on the wires for a byte: eight, and whether it is acknowledged. */
const bitsPerByte = 9;

/** Answers to others before this one that are read over: one that came too late for whoever asked. */
const mostStrayAnswers = 8;

/** The driver of one MCP2221A. */
export class MCP2221A implements I2cControllerDriver, GpioControllerDriver {
  readonly info = { vendor: "Microchip", model: "MCP2221A" };
  readonly i2cBuses = 1;
  readonly gpioLines = ["GP0", "GP1", "GP2", "GP3"];

  readonly #device: UsbDevice;
  readonly #time: Time;
  readonly #in: number;
  readonly #out: number;
  readonly #clockKhz: number;

  /**
   * Frees the bus from what was under way, and sets its clock.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `wrong-device`, `bus` and `protocol` from the chip
   */
  constructor(device: UsbDevice, time: Time, given: Partial<MCP2221AOptions> = {}) {
    const { clockKhz } = completeOptions(mcp2221aOptions, given);
    this.#device = device;
    this.#time = time;
    this.#clockKhz = clockKhz;
    const hid = device.findInterface({ class: HID_CLASS });
    if (hid === undefined) {
      throw DriverError.wrongDevice("The USB device has no interface of an MCP2221A; correct the entry.");
    }
    device.claim(hid.interfaceNumber);
    this.#in = device.findEndpoint(hid, "interrupt", "in").endpointAddress;
    this.#out = device.findEndpoint(hid, "interrupt", "out").endpointAddress;
    this.#cancel();
    // Table 3-1: the divider is the clock of 12 MHz divided by the speed, less 3.
    const divider = Math.min(255, Math.max(0, Math.ceil(12_000 / clockKhz) - 3));
    if (!parseStatus(this.#ask(statusReport({ divider }))).hasSpeed) {
      throw DriverError.bus("bus", "setting the clock of the MCP2221A, whose bus is not free");
    }
  }

  i2cTransaction(_bus: number, address: number, operations: readonly I2cOperation[]): Uint8Array[] {
    const [first, second, ...others] = operations;
    if (first === undefined) return [];
    // What ends without a stop is a write; what goes on with a repeated start ends with a stop.
    if (others.length > 0 || (second !== undefined && "read" in first)) {
      throw DriverError.unsupported(
        "An MCP2221A runs a write, a read, or a write and one of both in one transaction; use another adapter for this device.",
      );
    }
    try {
      if (second === undefined) return this.#run(address, first, Command.READ, Command.WRITE);
      this.#run(address, first, Command.READ, Command.WRITE_NO_STOP);
      return this.#run(address, second, Command.READ_REPEATED_START, Command.WRITE_REPEATED_START);
    } catch (error) {
      this.#free(error);
      throw error;
    }
  }

  /** Pins are GPIO, or something else of the chip's: the setting of one is written with those of all. */
  takeLine(pin: number, { direction, pull, openDrain, initial }: GpioLineUse): void {
    if (typeof pull === "string")
      throw DriverError.unsupported('An MCP2221A has no resistors at its pins; remove "pull".');
    if (openDrain) throw DriverError.unsupported('An MCP2221A has no open-drain outputs; remove "drive".');
    const isInput = direction === "in";
    const level = initial === "high";
    const settings = parseSettings(this.#ask(getSettingsReport()));
    if (settings[pin]!.isGpio) {
      this.#change(setPinReport(pin, isInput ? { isInput } : { level, isInput }));
      return;
    }
    // What the others do now may have been changed since their settings were made.
    const values = this.#ask(getPinsReport());
    const bytes = settings.map(({ byte }, each) => {
      if (each === pin) return gpioSetting(isInput, level);
      const value = parsePin(values, each);
      return value === undefined ? byte : gpioSetting(value.isInput, value.isHigh);
    });
    this.#change(setPinsReport(bytes));
  }

  readLine(pin: number): GpioLevel {
    const value = parsePin(this.#ask(getPinsReport()), pin);
    if (value === undefined)
      throw DriverError.protocol(`GP${pin} of the MCP2221A is no GPIO any more; open it again.`);
    return value.isHigh ? "high" : "low";
  }

  writeLine(pin: number, level: GpioLevel): void {
    this.#change(setPinReport(pin, { level: level === "high" }));
  }

  releaseLine(pin: number): void {
    this.#change(setPinReport(pin, { isInput: true }));
  }

  close(): void {
    this.#device.close();
  }

  /** A command whose answer says only whether it was done. */
  #change(report: Uint8Array): void {
    if (this.#ask(report)[1] !== 0x00) {
      throw DriverError.protocol(
        "The MCP2221A did not take the setting of a pin; unplug it and plug it in again.",
      );
    }
  }

  #run(address: number, operation: I2cOperation, read: number, write: number): Uint8Array[] {
    if ("read" in operation) return [this.#read(read, address, operation.read)];
    this.#write(write, address, operation.write);
    return [];
  }

  #write(command: number, address: number, data: Uint8Array): void {
    const doing = `writing ${data.length} bytes to ${hex(address)}`;
    const untilMs = this.#deadline(data.length);
    for (let sent = 0; sent < data.length; sent += DATA_BYTES) {
      const report = transferReport(command, address, data.length, data.subarray(sent, sent + DATA_BYTES));
      // Byte 1: 0x01 while the engine has no room for it.
      while (this.#ask(report)[1] !== 0x00) this.#checkAndWait(doing, untilMs);
    }
    const end = command === Command.WRITE_NO_STOP ? State.WRITTEN_WITHOUT_STOP : State.IDLE;
    while (this.#checkStatus(doing, untilMs).state !== end) this.#time.waitMs(1);
  }

  #read(command: number, address: number, length: number): Uint8Array {
    const doing = `reading ${length} bytes from ${hex(address)}`;
    const untilMs = this.#deadline(length);
    const report = transferReport(command, address, length);
    while (this.#ask(report)[1] !== 0x00) this.#checkAndWait(doing, untilMs);
    const data = new Uint8Array(length);
    let count = 0;
    while (count < length) {
      const { bytes } = parseData(this.#ask(getDataReport()));
      if (bytes === undefined || bytes.length === 0) {
        this.#checkAndWait(doing, untilMs);
        continue;
      }
      if (count + bytes.length > length) {
        throw DriverError.protocol(
          "The MCP2221A gave more data than was asked for; unplug it and plug it in again.",
        );
      }
      data.set(bytes, count);
      count += bytes.length;
    }
    return data;
  }

  /** How the transfer goes. @throws DriverError `bus` where it has failed, or takes too long */
  #checkStatus(doing: string, untilMs: number): Status {
    const status = parseStatus(this.#ask(statusReport()));
    if (status.state === State.ADDRESS_NOT_ACKNOWLEDGED)
      throw DriverError.bus("no-acknowledge-address", doing);
    if (status.isNotAcknowledged) throw DriverError.bus("no-acknowledge", doing);
    if (isTimeout(status.state)) throw DriverError.bus("bus", doing);
    if (this.#time.nowMs() > untilMs) throw DriverError.bus("other", `${doing}, which did not end`);
    return status;
  }

  /** Before the same is asked again: the engine is not ready for it. */
  #checkAndWait(doing: string, untilMs: number): void {
    this.#checkStatus(doing, untilMs);
    this.#time.waitMs(1);
  }

  #deadline(length: number): number {
    return this.#time.nowMs() + patienceMs + ((length + 2) * bitsPerByte) / this.#clockKhz;
  }

  /** After a transaction that failed: the next one finds the bus free. */
  #free(error: unknown): void {
    if (error instanceof DriverError && error.payload.tag === "disconnected") return;
    try {
      this.#cancel();
    } catch (second) {
      // The first error says more.
      if (!(second instanceof DriverError)) throw second;
    }
  }

  /** Section 3.1.1: the actual cancellation needs some hundreds of microseconds. There is none where the engine is idle. */
  #cancel(): void {
    const untilMs = this.#time.nowMs() + patienceMs;
    if (parseStatus(this.#ask(statusReport())).isIdle) return;
    this.#ask(statusReport({ cancel: true }));
    while (!parseStatus(this.#ask(statusReport())).isIdle) {
      if (this.#time.nowMs() > untilMs) throw DriverError.bus("bus", "freeing the bus of the MCP2221A");
      this.#time.waitMs(1);
    }
  }

  /** Sends a command, and gets its answer. */
  #ask(report: Uint8Array): Uint8Array {
    this.#device.submitOut(this.#out, report, answerMs, "interrupt").wait();
    for (let stray = 0; stray <= mostStrayAnswers; stray += 1) {
      const answer = this.#device.submitIn(this.#in, REPORT_BYTES, answerMs, "interrupt").wait();
      if (answer.length === REPORT_BYTES && answer[0] === report[0]) return answer;
    }
    throw DriverError.protocol(
      `The device does not answer the command ${hex(report[0]!)} as an MCP2221A does; unplug it and plug it in again.`,
    );
  }
}
