/**
 * Silicon Labs CP2112: an I2C controller and eight GPIO lines over USB, by reports of a human interface device.
 *
 * Data sheets: "CP2112 Single-Chip HID USB to SMBus Master Bridge", revision 1.2, 2012; AN495, "CP2112 Interface Specification",
 * revision 0.2, 2010.
 */

import {
  type ControlRequest,
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
  cancelReport,
  configurationReport,
  forceSendReport,
  GPIO_CONFIGURATION_BYTES,
  GPIO_VALUES_BYTES,
  LONGEST,
  PINS,
  type PinUse,
  parseData,
  parsePin,
  parseStatus,
  parseVersion,
  REPORT_BYTES,
  REPORT_DATA,
  Report,
  readReport,
  setPinReport,
  statusReport,
  type TransferFault,
  VERSION_BYTES,
  withPin,
  writeReadReport,
  writeReport,
} from "./reports.ts";

/** The options, their defaults, and the settings of a board file. */
export const cp2112Options = {
  /** The clock of the bus in kHz: data sheet, section 6. */
  clockKhz: integer({ minimum: 10, maximum: 400 }, 100),
};

/** What can be set; see `cp2112Options`. */
export type CP2112Options = OptionsOf<typeof cp2112Options>;

/** bInterfaceClass of a human interface device. */
const HID_CLASS = 0x03;

/** bRequest and the high byte of wValue for feature reports: HID 1.11 sections 7.2.1 and 7.2.2. */
const GET_REPORT = 0x01;
const SET_REPORT = 0x09;
const FEATURE = 0x0300;

/** How long an answer may take: it comes within a few frames of USB. */
const answerMs = 1000;

/** How long a target may hold the clock in a transfer, which the chip ends then by itself: at most 1000 (AN495 section 4.6). */
const timeoutMs = 500;

/** Bits on the wires for a byte: eight, and whether it is acknowledged. */
const bitsPerByte = 9;

/** Reports of something else that are read over before an answer: what is left of a transfer before this one. */
const mostStrayReports = 16;

/** What each fault is to whoever is wired to the bus. */
const kinds = {
  "not-acknowledged": "no-acknowledge-address",
  "bus-not-free": "bus",
  "arbitration-lost": "arbitration-loss",
  "read-incomplete": "other",
  "write-incomplete": "no-acknowledge-data",
  unknown: "other",
} as const satisfies Record<TransferFault, unknown>;

/** The driver of one CP2112. */
export class CP2112 implements I2cControllerDriver, GpioControllerDriver {
  readonly info = { vendor: "Silicon Labs", model: "CP2112" };
  readonly i2cBuses = 1;
  readonly gpioLines = Array.from({ length: PINS }, (_, pin) => `GPIO.${pin}`);

  readonly #device: UsbDevice;
  readonly #time: Time;
  readonly #interface: number;
  readonly #in: number;
  readonly #out: number;
  readonly #clockKhz: number;
  readonly #hasRepeatedStart: boolean;

  /**
   * Asks which version it is, ends what was under way, and sets the clock.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `wrong-device` and `protocol` from the chip
   */
  constructor(device: UsbDevice, time: Time, given: Partial<CP2112Options> = {}) {
    const { clockKhz } = completeOptions(cp2112Options, given);
    this.#device = device;
    this.#time = time;
    this.#clockKhz = clockKhz;
    const hid = device.findInterface({ class: HID_CLASS });
    if (hid === undefined) {
      throw DriverError.wrongDevice("The USB device has no interface of a CP2112; correct the entry.");
    }
    device.claim(hid.interfaceNumber);
    this.#interface = hid.interfaceNumber;
    this.#in = device.findEndpoint(hid, "interrupt", "in").endpointAddress;
    this.#out = device.findEndpoint(hid, "interrupt", "out").endpointAddress;
    const version = parseVersion(device.controlIn(this.#feature(GET_REPORT, Report.VERSION), VERSION_BYTES));
    if (version === undefined) {
      throw DriverError.wrongDevice("The USB device does not say that it is a CP2112; correct the entry.");
    }
    this.#hasRepeatedStart = version.hasRepeatedStart;
    device.controlOut(
      this.#feature(SET_REPORT, Report.SMBUS_CONFIGURATION),
      configurationReport(clockKhz * 1000, timeoutMs),
    );
    this.#cancel();
  }

  i2cTransaction(_bus: number, address: number, operations: readonly I2cOperation[]): Uint8Array[] {
    const [first, second, ...others] = operations;
    if (first === undefined) return [];
    if (others.length > 0) throw shapeRefused();
    if (second !== undefined) {
      if ("read" in first || !("read" in second)) throw shapeRefused();
      if (!this.#hasRepeatedStart) {
        throw DriverError.unsupported(
          "This CP2112 is of the first version, which makes no repeated start; use a newer one for this device.",
        );
      }
      checkLength("write before a read", first.write.length, LONGEST.writeBeforeRead);
      checkLength("read", second.read, LONGEST.read);
      const doing = `writing ${first.write.length} bytes to ${hex(address)} and reading ${second.read}`;
      return [this.#read(writeReadReport(address, first.write, second.read), second.read, doing)];
    }
    if ("read" in first) {
      checkLength("read", first.read, LONGEST.read);
      const doing = `reading ${first.read} bytes from ${hex(address)}`;
      return [this.#read(readReport(address, first.read), first.read, doing)];
    }
    checkLength("write", first.write.length, LONGEST.write);
    const doing = `writing ${first.write.length} bytes to ${hex(address)}`;
    this.#transfer(writeReport(address, first.write), first.write.length, doing);
    return [];
  }

  /** What it was besides GPIO, it is not any more. */
  takeLine(pin: number, { direction, pull, openDrain, initial }: GpioLineUse): void {
    if (typeof pull === "string")
      throw DriverError.unsupported('A CP2112 has no resistors to choose at its pins; remove "pull".');
    if (direction === "in") {
      this.#usePin(pin, "input");
      return;
    }
    // An output's level can be set when it is one, and not before (section 4.4): until then it lets go of its line.
    this.#usePin(pin, "open-drain");
    this.writeLine(pin, initial);
    if (!openDrain) this.#usePin(pin, "push-pull");
  }

  readLine(pin: number): GpioLevel {
    const isHigh = parsePin(
      this.#device.controlIn(this.#feature(GET_REPORT, Report.GET_GPIO), GPIO_VALUES_BYTES),
      pin,
    );
    if (isHigh === undefined) throw noPins();
    return isHigh ? "high" : "low";
  }

  writeLine(pin: number, level: GpioLevel): void {
    this.#device.controlOut(this.#feature(SET_REPORT, Report.SET_GPIO), setPinReport(pin, level === "high"));
  }

  releaseLine(pin: number): void {
    this.#usePin(pin, "input");
  }

  close(): void {
    this.#device.close();
  }

  #usePin(pin: number, use: PinUse): void {
    const current = this.#device.controlIn(
      this.#feature(GET_REPORT, Report.GPIO_CONFIGURATION),
      GPIO_CONFIGURATION_BYTES,
    );
    const wanted = withPin(current, pin, use);
    if (wanted === undefined) throw noPins();
    this.#device.controlOut(this.#feature(SET_REPORT, Report.GPIO_CONFIGURATION), wanted);
  }

  #read(report: Uint8Array, length: number, doing: string): Uint8Array {
    this.#transfer(report, length, doing);
    const data = new Uint8Array(length);
    let count = 0;
    for (let empty = 0; count < length && empty <= mostStrayReports; ) {
      // One report's data at a time: of more it does not always send everything, nor the same number of reports.
      this.#send(forceSendReport(Math.min(length - count, REPORT_DATA)));
      const bytes = parseData(this.#receive(Report.READ_RESPONSE));
      if (bytes === undefined || count + bytes.length > length) break;
      // One without data can be left from before.
      if (bytes.length === 0) empty += 1;
      data.set(bytes, count);
      count += bytes.length;
    }
    if (count === length) return data;
    throw DriverError.protocol(
      `The CP2112 gave other data than it was asked for while ${doing}; unplug it and plug it in again.`,
    );
  }

  /** Starts a transfer, and waits for its end. @throws DriverError `bus` where it fails, or takes too long */
  #transfer(report: Uint8Array, length: number, doing: string): void {
    this.#send(report);
    // The chip gives up first, twice.
    const bitsMs = ((length + LONGEST.writeBeforeRead + 2) * bitsPerByte) / this.#clockKhz;
    const untilMs = this.#time.nowMs() + 2 * (timeoutMs + bitsMs) + answerMs;
    for (;;) {
      this.#send(statusReport());
      const status = parseStatus(this.#receive(Report.STATUS_RESPONSE));
      if (status?.state === "complete") return;
      if (status?.state === "failed") throw DriverError.bus(kinds[status.fault], doing);
      if (status?.state !== "busy") {
        throw DriverError.protocol(
          `The CP2112 does not know of the transfer while ${doing}; unplug it and plug it in again.`,
        );
      }
      if (this.#time.nowMs() > untilMs) {
        this.#cancel();
        throw DriverError.bus("other", `${doing}, which did not end`);
      }
      this.#time.waitMs(1);
    }
  }

  /** Ends a transfer, and reads over what it left: the status that is asked for then comes after all of it. */
  #cancel(): void {
    this.#send(cancelReport());
    this.#send(statusReport());
    this.#receive(Report.STATUS_RESPONSE);
  }

  #send(report: Uint8Array): void {
    this.#device.submitOut(this.#out, report, answerMs, "interrupt").wait();
  }

  /** The next report with this id. */
  #receive(id: number): Uint8Array {
    for (let stray = 0; stray <= mostStrayReports; stray += 1) {
      const report = this.#device.submitIn(this.#in, REPORT_BYTES, answerMs, "interrupt").wait();
      if (report.length === REPORT_BYTES && report[0] === id) return report;
    }
    throw DriverError.protocol(
      `The device does not send the report ${hex(id)} as a CP2112 does; unplug it and plug it in again.`,
    );
  }

  #feature(request: number, id: number): ControlRequest {
    return { type: "class", recipient: "interface", request, value: FEATURE | id, index: this.#interface };
  }
}

function noPins(): DriverError {
  return DriverError.protocol("The CP2112 does not say how its pins are; unplug it and plug it in again.");
}

function shapeRefused(): DriverError {
  return DriverError.unsupported(
    "A CP2112 runs a write, a read, or a write and a read in one transaction; use another adapter for this device.",
  );
}

function checkLength(what: string, length: number, longest: number): void {
  if (length <= longest) return;
  throw DriverError.unsupported(
    `A ${what} of a CP2112 has at most ${longest} bytes; ${length} are too many.`,
  );
}
