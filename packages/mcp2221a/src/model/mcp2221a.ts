import {
  Change,
  type I2cWires,
  noEndpoint,
  type SimulatedPins,
  stall,
  type TransferSignal,
  type UsbDescriptors,
  type UsbDevice,
  type UsbModelClock,
  type UsbSetup,
} from "@busbar/model";
import {
  descriptorsOf,
  HID_DESCRIPTOR,
  HID_INTERFACE,
  REPORT_DESCRIPTOR,
  REPORT_IN,
  REPORT_OUT,
  SERIAL_IN,
  SERIAL_INTERFACE,
  SERIAL_NOTIFICATION_IN,
  SERIAL_OUT,
} from "./descriptors.ts";
import { I2cEngine } from "./i2c-engine.ts";
import { Pins } from "./pins.ts";

/** What to make a chip of. */
export interface Mcp2221aOptions {
  /** The bus behind it; nothing answers where there is none. */
  readonly wires: I2cWires;
  /** What its pins GP0 to GP3 are wired to, as lines 0 to 3; nothing where left out. */
  readonly pins?: SimulatedPins | undefined;
  /** Tells chips apart. */
  readonly serialNumber?: string;
}

const NOTHING = new Uint8Array();

/** Bytes of a report. */
const REPORT_BYTES = 64;

/** Commands: DS20005565B section 3.1. */
const STATUS_SET_PARAMETERS = 0x10;
const GET_I2C_DATA = 0x40;
const SET_GPIO = 0x50;
const GET_GPIO = 0x51;
const SET_SRAM = 0x60;
const GET_SRAM = 0x61;
const READ_FLASH = 0xb0;
const transfers = new Map([
  [0x90, { direction: "write", keeps: false }],
  [0x91, { direction: "read", keeps: false }],
  [0x92, { direction: "write", keeps: false }],
  [0x93, { direction: "read", keeps: false }],
  [0x94, { direction: "write", keeps: true }],
] as const);

/** Microchip MCP2221A: its I2C bus by reports, and its pins, and a serial port that nothing is wired to. */
export class Mcp2221a implements UsbDevice {
  readonly speed = "full";
  readonly descriptors: UsbDescriptors;
  readonly #engine: I2cEngine;
  readonly #pins: Pins;
  /** Answers that nobody has fetched. */
  #answers: Uint8Array[] = [];
  readonly #answered = new Change();
  /** 9600 baud, 8 data bits, no parity, 1 stop bit. */
  #lineCoding: Uint8Array = Uint8Array.of(0x80, 0x25, 0, 0, 0, 0, 8);

  constructor({ wires, pins, serialNumber = "1" }: Mcp2221aOptions, clock: UsbModelClock) {
    this.#engine = new I2cEngine(wires, clock);
    this.#pins = new Pins(pins);
    this.descriptors = descriptorsOf(serialNumber);
  }

  control({ bmRequestType, bRequest, wValue, wIndex }: UsbSetup, data: Uint8Array): Uint8Array {
    const request = (bmRequestType << 8) | bRequest;
    if (wIndex === HID_INTERFACE) {
      // HID 1.11 sections 7.1 and 7.2.4: its descriptors, and an idle rate that means nothing here.
      if (request === 0x8106 && wValue >> 8 === 0x22) return REPORT_DESCRIPTOR;
      if (request === 0x8106 && wValue >> 8 === 0x21) return HID_DESCRIPTOR;
      if (request === 0x210a) return NOTHING;
    }
    if (wIndex === SERIAL_INTERFACE) {
      // PSTN 1.2 section 6.3: line coding and control lines.
      if (request === 0x2120 && data.length === 7) this.#lineCoding = data.slice();
      if (request === 0xa121) return this.#lineCoding;
      if (request === 0x2120 || request === 0x2122) return NOTHING;
    }
    throw stall(`The chip does not know request ${bRequest} to interface ${wIndex}.`);
  }

  async transferIn(endpoint: number, length: number, signal: TransferSignal): Promise<Uint8Array> {
    const isSerial = endpoint === SERIAL_IN || endpoint === SERIAL_NOTIFICATION_IN;
    if (endpoint !== REPORT_IN && !isSerial) throw noEndpoint();
    // Of the serial port nothing ever comes.
    while (isSerial || this.#answers.length === 0) await this.#answered.wait(signal);
    return this.#answers.shift()!.subarray(0, length);
  }

  async transferOut(endpoint: number, data: Uint8Array): Promise<number> {
    if (endpoint === SERIAL_OUT) return data.length;
    if (endpoint !== REPORT_OUT) throw noEndpoint();
    const report = new Uint8Array(REPORT_BYTES);
    report.set(data.subarray(0, REPORT_BYTES));
    this.#answers.push(this.#answer(report));
    this.#answered.tell();
    return data.length;
  }

  configured(): void {
    this.detached();
  }

  detached(): void {
    this.#answers = [];
    this.#engine.cancel();
    this.#pins.reset();
  }

  #answer(report: Uint8Array): Uint8Array {
    const answer = new Uint8Array(REPORT_BYTES);
    const code = report[0]!;
    answer[0] = code;
    const transfer = transfers.get(code as 0x90);
    if (transfer !== undefined) {
      const length = report[1]! | (report[2]! << 8);
      const asked = { ...transfer, address: report[3]! >> 1, length };
      answer[1] = this.#engine.command(asked, report.subarray(4)) ? 0x00 : 0x01;
      answer[2] = this.#engine.state;
      return answer;
    }
    switch (code) {
      case STATUS_SET_PARAMETERS:
        this.#status(report, answer);
        break;
      case GET_I2C_DATA:
        this.#data(answer);
        break;
      case GET_GPIO:
        this.#pins.get(answer);
        break;
      case SET_GPIO:
        this.#pins.set(report, answer);
        break;
      case SET_SRAM:
        this.#pins.setAll(report);
        break;
      case GET_SRAM:
        // Bytes 2 and 3: how much follows of the chip's and of the pins' settings (section 3.1.14).
        answer.set([18, 4], 2);
        answer.set(this.#pins.settings, 22);
        break;
      case READ_FLASH:
        // Byte 2: how much follows; section 3.1.2.
        answer[2] = report[1] === 0x00 ? 10 : 4;
        break;
      default:
        // Section 3.1: the code of a command that is not known comes back with 0x01.
        answer[1] = 0x01;
    }
    return answer;
  }

  /** Section 3.1.1. */
  #status(report: Uint8Array, answer: Uint8Array): void {
    const engine = this.#engine;
    if (report[2] === 0x10) answer[2] = engine.cancel() ? 0x10 : 0x11;
    if (report[3] === 0x20) {
      const isTaken = engine.state === 0;
      if (isTaken) engine.divider = report[4]!;
      answer.set([isTaken ? 0x20 : 0x21, report[4]!], 3);
    }
    const [asked, transferred] = engine.counts;
    answer[8] = engine.state;
    answer.set([asked & 0xff, asked >> 8, transferred & 0xff, transferred >> 8], 9);
    answer[14] = engine.divider;
    answer[20] = engine.isNotAcknowledged ? 0x40 : 0x00;
    // Both lines are high when nobody pulls; then the revisions of hardware and firmware, A.6 and 1.2.
    answer.set([1, 1], 22);
    answer.set([0x41, 0x36, 0x31, 0x32], 46);
  }

  /** Section 3.1.10. */
  #data(answer: Uint8Array): void {
    const fetched = this.#engine.fetch();
    if (fetched === undefined) {
      answer[1] = 0x41;
      answer[2] = this.#engine.state;
      answer[3] = 127;
      return;
    }
    answer.set([0x00, fetched.state, fetched.data.length], 1);
    answer.set(fetched.data, 4);
  }
}
