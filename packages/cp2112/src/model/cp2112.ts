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
  MANUFACTURER,
  PRODUCT,
  PRODUCT_ID,
  REPORT_DESCRIPTOR,
  REPORT_IN,
  REPORT_OUT,
  VENDOR_ID,
} from "./descriptors.ts";
import { Pins } from "./pins.ts";
import { SmbusEngine } from "./smbus-engine.ts";

/** What to make a chip of. */
export interface Cp2112Options {
  /** The bus behind it; nothing answers where there is none. */
  readonly wires: I2cWires;
  /** What its pins GPIO.0 to GPIO.7 are wired to, as lines 0 to 7; nothing where left out. */
  readonly pins?: SimulatedPins | undefined;
  /** Tells chips apart. */
  readonly serialNumber?: string;
}

const NOTHING = new Uint8Array();

/** Bytes of a report through an endpoint, and of the data in one. */
const REPORT_BYTES = 64;
const REPORT_DATA = 61;

/** The most bytes of each transfer: AN495 sections 5.1, 5.2 and 5.5. */
const LONGEST_READ = 512;
const LONGEST_BEFORE_READ = 16;

/** Output reports: AN495 chapter 5. */
const READ_REQUEST = 0x10;
const WRITE_READ_REQUEST = 0x11;
const READ_FORCE_SEND = 0x12;
const WRITE = 0x14;
const STATUS_REQUEST = 0x15;
const CANCEL = 0x17;

/** Input reports. */
const READ_RESPONSE = 0x13;
const STATUS_RESPONSE = 0x16;

/** Feature reports: AN495 chapters 4 and 6. */
const GPIO_CONFIGURATION = 0x02;
const GET_GPIO = 0x03;
const SET_GPIO = 0x04;
const VERSION = 0x05;
const SMBUS_CONFIGURATION = 0x06;
const LOCK_BYTE = 0x20;
const USB_CONFIGURATION = 0x21;
const STRINGS = 0x22;

/** Silicon Labs CP2112: its SMBus and its eight pins by reports. */
export class Cp2112 implements UsbDevice {
  readonly speed = "full";
  readonly descriptors: UsbDescriptors;
  readonly #engine: SmbusEngine;
  readonly #pins: Pins;
  readonly #serialNumber: string;
  /** Input reports that nobody has fetched. */
  #reports: Uint8Array[] = [];
  readonly #reported = new Change();

  constructor({ wires, pins, serialNumber = "1" }: Cp2112Options, clock: UsbModelClock) {
    this.#engine = new SmbusEngine(wires, clock);
    this.#pins = new Pins(pins);
    this.#serialNumber = serialNumber;
    this.descriptors = descriptorsOf(serialNumber);
  }

  control({ bmRequestType, bRequest, wValue }: UsbSetup, data: Uint8Array): Uint8Array {
    // HID 1.11 sections 7.1 and 7.2: its descriptors, its feature reports, and an idle rate that means nothing here.
    const request = (bmRequestType << 8) | bRequest;
    if (request === 0x8106 && wValue >> 8 === 0x22) return REPORT_DESCRIPTOR;
    if (request === 0x8106 && wValue >> 8 === 0x21) return HID_DESCRIPTOR;
    if (request === 0x210a) return NOTHING;
    const id = wValue & 0xff;
    if (request === 0xa101 && wValue >> 8 === 0x03) return this.#feature(id);
    if (request === 0x2109 && wValue >> 8 === 0x03) {
      if (id === SMBUS_CONFIGURATION) this.#engine.configuration = data;
      else if (id === GPIO_CONFIGURATION && data.length === 5) this.#pins.configuration = data.subarray(1);
      else if (id === SET_GPIO && data.length === 3) this.#pins.set(data[1]!, data[2]!);
      // What its memory has can be written once: a write is ignored.
      else if (id < LOCK_BYTE) throw stall(`The chip has no feature report ${id} to set.`);
      return NOTHING;
    }
    throw stall(`The chip does not know request ${bRequest}.`);
  }

  async transferIn(endpoint: number, length: number, signal: TransferSignal): Promise<Uint8Array> {
    if (endpoint !== REPORT_IN) throw noEndpoint();
    while (this.#reports.length === 0) await this.#reported.wait(signal);
    return this.#reports.shift()!.subarray(0, length);
  }

  async transferOut(endpoint: number, data: Uint8Array): Promise<number> {
    if (endpoint !== REPORT_OUT) throw noEndpoint();
    const report = new Uint8Array(REPORT_BYTES);
    report.set(data.subarray(0, REPORT_BYTES));
    this.#command(report);
    return data.length;
  }

  configured(): void {
    this.detached();
  }

  detached(): void {
    this.#reports = [];
    this.#engine.cancel();
    this.#pins.reset();
  }

  #command(report: Uint8Array): void {
    // The lowest bit of the address means nothing.
    const address = report[1]! >> 1;
    const readLength = Math.min((report[2]! << 8) | report[3]!, LONGEST_READ);
    switch (report[0]) {
      case READ_REQUEST:
        this.#engine.begin({ address, written: NOTHING, readLength });
        break;
      case WRITE_READ_REQUEST: {
        const count = Math.min(report[4]!, LONGEST_BEFORE_READ);
        this.#engine.begin({ address, written: report.subarray(5, 5 + count), readLength });
        break;
      }
      case WRITE: {
        const count = Math.min(report[2]!, REPORT_DATA);
        this.#engine.begin({ address, written: report.subarray(3, 3 + count), readLength: 0 });
        break;
      }
      case READ_FORCE_SEND:
        this.#send((report[1]! << 8) | report[2]!);
        break;
      case STATUS_REQUEST: {
        const { status0, status1, retries, length } = this.#engine.status();
        const numbers = [retries >> 8, retries & 0xff, length >> 8, length & 0xff];
        this.#report(STATUS_RESPONSE, status0, status1, ...numbers);
        break;
      }
      case CANCEL:
        this.#engine.cancel();
        break;
    }
  }

  /** Section 5.3: as many reports as it takes, and one without data where there is none. */
  #send(length: number): void {
    let left = length;
    do {
      const bytes = this.#engine.fetch(Math.min(left, REPORT_DATA));
      this.#report(READ_RESPONSE, 0x00, bytes.length, ...bytes);
      left = bytes.length === 0 ? 0 : left - bytes.length;
    } while (left > 0);
  }

  #report(...bytes: number[]): void {
    const report = new Uint8Array(REPORT_BYTES);
    report.set(bytes);
    this.#reports.push(report);
    this.#reported.tell();
  }

  #feature(id: number): Uint8Array {
    switch (id) {
      case GPIO_CONFIGURATION:
        return Uint8Array.of(id, ...this.#pins.configuration);
      case GET_GPIO:
        return Uint8Array.of(id, this.#pins.values);
      case VERSION:
        return Uint8Array.of(id, 0x0c, 0x03);
      case SMBUS_CONFIGURATION:
        return this.#engine.configuration;
      case LOCK_BYTE:
        return Uint8Array.of(id, 0xff);
      case USB_CONFIGURATION: {
        const ids = [VENDOR_ID & 0xff, VENDOR_ID >> 8, PRODUCT_ID & 0xff, PRODUCT_ID >> 8];
        return Uint8Array.of(id, ...ids, 0x32, 0x00, 0x01, 0x00, 0x00);
      }
      case STRINGS:
      case STRINGS + 1:
      case STRINGS + 2: {
        const text = [MANUFACTURER, PRODUCT, this.#serialNumber][id - STRINGS]!;
        const units = Array.from(text.slice(0, 30), (letter) => letter.charCodeAt(0));
        return Uint8Array.of(
          id,
          2 + 2 * units.length,
          0x03,
          ...units.flatMap((unit) => [unit & 0xff, unit >> 8]),
        );
      }
      default:
        throw stall(`The chip has no feature report ${id} to get.`);
    }
  }
}
