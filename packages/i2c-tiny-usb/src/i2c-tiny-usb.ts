/**
 * Till Harbaum's i2c-tiny-usb, and the many adapters that speak as it does: an I2C controller over USB, by control requests.
 *
 * The protocol is what drivers/i2c/busses/i2c-tiny-usb.c of the Linux kernel has; the firmware is firmware/main.c of
 * https://github.com/harbaum/I2C-Tiny-USB.
 */

import {
  type ControlRequest,
  completeOptions,
  DriverError,
  hex,
  type I2cControllerDriver,
  type I2cOperation,
  integer,
  type OptionsOf,
  type Time,
  type UsbDevice,
  UsbFault,
} from "@busbar/guest";
import { FUNCTIONALITY_BYTES, isI2cAdapter, lengthOf, parseStatus, READ_FLAG, Request } from "./requests.ts";

/** The options, their defaults, and the settings of a board file. */
export const i2cTinyUsbOptions = {
  /** The period of the clock in microseconds, at least: 10 is for at most 100 kHz. */
  delayMicroseconds: integer({ minimum: 1, maximum: 65_535 }, 10),
  /** The most bytes of a message: V-USB takes 254 where the firmware is not built with USB_CFG_LONG_TRANSFERS. */
  longestMessage: integer({ minimum: 1, maximum: 65_535 }, 254),
};

/** What can be set; see `i2cTinyUsbOptions`. */
export type I2cTinyUsbOptions = OptionsOf<typeof i2cTinyUsbOptions>;

/** How long a request may take beside the time of its bits; the kernel waits as long. */
const answerMs = 2000;

/** Bits on the wires for a byte: eight, and whether it is acknowledged. The firmware needs twice the period that it was told. */
const periodsPerByte = 2 * 9;

/** The driver of one adapter. */
export class I2cTinyUsb implements I2cControllerDriver {
  readonly info = { vendor: "", model: "i2c-tiny-usb" };
  readonly i2cBuses = 1;

  readonly #device: UsbDevice;
  readonly #longestMessage: number;
  readonly #byteMs: number;

  /**
   * Asks whether it is such an adapter, and sets its clock.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `wrong-device`, and what a failed request is
   */
  constructor(device: UsbDevice, _time: Time, given: Partial<I2cTinyUsbOptions> = {}) {
    const { delayMicroseconds, longestMessage } = completeOptions(i2cTinyUsbOptions, given);
    this.#device = device;
    this.#longestMessage = longestMessage;
    this.#byteMs = (periodsPerByte * delayMicroseconds) / 1000;
    // The only one, whose class differs between firmwares.
    const [only] = device.configuration.interfaces;
    if (only === undefined) {
      throw DriverError.wrongDevice("The USB device has no interface of an i2c-tiny-usb; correct the entry.");
    }
    device.claim(only.interfaceNumber);
    if (!isI2cAdapter(device.controlIn(request(Request.GET_FUNCTIONALITY), FUNCTIONALITY_BYTES, answerMs))) {
      throw DriverError.wrongDevice(
        "The USB device does not say that it is an I2C adapter; correct the entry.",
      );
    }
    device.controlOut(request(Request.SET_DELAY, delayMicroseconds), undefined, answerMs);
  }

  i2cTransaction(_bus: number, address: number, operations: readonly I2cOperation[]): Uint8Array[] {
    if (operations.some((operation) => lengthOf(operation) > this.#longestMessage)) {
      throw DriverError.unsupported(
        `A message of this i2c-tiny-usb has at most ${this.#longestMessage} bytes; set "longest-message" where its firmware takes more.`,
      );
    }
    const last = operations.length - 1;
    const results: Uint8Array[] = [];
    for (const [index, operation] of operations.entries()) {
      const flags = (index === 0 ? Request.IO_BEGIN : 0) | (index === last ? Request.IO_END : 0);
      if ("read" in operation) results.push(this.#read(flags, address, operation.read));
      else this.#write(flags, address, operation.write);
    }
    return results;
  }

  close(): void {
    this.#device.close();
  }

  #write(flags: number, address: number, data: Uint8Array): void {
    const doing = `writing ${data.length} bytes to ${hex(address)}`;
    try {
      this.#device.controlOut(request(Request.IO | flags, 0, address), data, this.#timeoutMs(data.length));
    } catch (error) {
      // Firmwares that look at more than the address refuse the request then.
      if (error instanceof UsbFault && error.code === "pipe") {
        throw DriverError.bus("no-acknowledge", doing, { cause: error });
      }
      throw error;
    }
    this.#checkStatus(doing);
  }

  #read(flags: number, address: number, length: number): Uint8Array {
    const doing = `reading ${length} bytes from ${hex(address)}`;
    const message = request(Request.IO | flags, READ_FLAG, address);
    const data = this.#device.controlIn(message, length, this.#timeoutMs(length));
    this.#checkStatus(doing);
    if (data.length !== length) {
      throw DriverError.protocol(
        `The adapter gave ${data.length} bytes while ${doing}; its firmware takes fewer.`,
      );
    }
    return data;
  }

  /** What the adapter says of the last message. Where nobody acknowledged the address, it has stopped by itself. */
  #checkStatus(doing: string): void {
    const answer = this.#device.controlIn(request(Request.GET_STATUS), 1, answerMs);
    const status = parseStatus(answer);
    if (status === "acknowledged") return;
    if (status === "not-acknowledged") throw DriverError.bus("no-acknowledge-address", doing);
    throw DriverError.protocol(
      `The adapter does not say how ${doing} went as an i2c-tiny-usb does; unplug it and plug it in again.`,
    );
  }

  #timeoutMs(length: number): number {
    return Math.ceil(answerMs + (length + 1) * this.#byteMs);
  }
}

/**
 * A request as the adapter has it: wIndex is the address on the bus. Of the device, and not of the interface as the kernel sends it:
 * wIndex would be that one's number, and hosts look at it. The firmware looks at neither.
 */
function request(code: number, value = 0, index = 0): ControlRequest {
  return { type: "vendor", recipient: "device", request: code, value, index };
}
