/**
 * WCH CH341A, in the mode in which it is 1A86:5512: an I2C controller over USB.
 *
 * Data sheet: "USB Bus Convert Chip CH341", part 2 (DS2), version 1.0. It has no commands: see stream.ts.
 */

import {
  completeOptions,
  DriverError,
  hex,
  type I2cControllerDriver,
  type I2cOperation,
  type OptionsOf,
  oneOf,
  type Time,
  type UsbDevice,
  UsbFault,
} from "@busbar/guest";
import {
  firstNotAcknowledged,
  MOST_READ,
  MOST_WRITTEN,
  PACKET_BYTES,
  readPacket,
  SPEEDS,
  speedPacket,
  startPacket,
  stopPacket,
  writePacket,
} from "./stream.ts";

/** The options, their defaults, and the settings of a board file. */
export const ch341aOptions = {
  /** The clock of the bus in kHz. */
  clockKhz: oneOf(SPEEDS, 100),
};

/** What can be set; see `ch341aOptions`. */
export type CH341AOptions = OptionsOf<typeof ch341aOptions>;

/** bInterfaceClass: the vendor's own. As a serial port and as a printer the chip has other ids. */
const VENDOR_CLASS = 0xff;

/** How long a packet may take: its bits, and a target that holds the clock. */
const answerMs = 1000;

/** How long nothing may come before it is taken for granted that nothing is left, and how many packets may be. */
const drainMs = 20;
const mostStrayPackets = 16;

/** The driver of one CH341A. */
export class CH341A implements I2cControllerDriver {
  readonly info = { vendor: "WCH", model: "CH341A" };
  readonly i2cBuses = 1;

  readonly #device: UsbDevice;
  readonly #in: number;
  readonly #out: number;

  /**
   * Sets the clock, and frees the bus.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `wrong-device` where it has other endpoints
   */
  constructor(device: UsbDevice, _time: Time, given: Partial<CH341AOptions> = {}) {
    const { clockKhz } = completeOptions(ch341aOptions, given);
    this.#device = device;
    const vendor = device.findInterface({ class: VENDOR_CLASS });
    if (vendor === undefined) {
      throw DriverError.wrongDevice(
        "The USB device has no interface of a CH341A in I2C mode; correct the entry.",
      );
    }
    device.claim(vendor.interfaceNumber);
    this.#in = device.findEndpoint(vendor, "bulk", "in").endpointAddress;
    this.#out = device.findEndpoint(vendor, "bulk", "out").endpointAddress;
    this.#send(speedPacket(clockKhz));
    this.#send(stopPacket());
    this.#drain();
  }

  i2cTransaction(_bus: number, address: number, operations: readonly I2cOperation[]): Uint8Array[] {
    const results: Uint8Array[] = [];
    try {
      for (const operation of operations) {
        if ("read" in operation) results.push(this.#read(address, operation.read));
        else this.#write(address, operation.write);
      }
    } catch (error) {
      this.#free(error);
      throw error;
    }
    this.#send(stopPacket());
    return results;
  }

  close(): void {
    this.#device.close();
  }

  #write(address: number, data: Uint8Array): void {
    const doing = `writing ${data.length} bytes to ${hex(address)}`;
    this.#start(address, false, doing);
    for (let sent = 0; sent < data.length; sent += MOST_WRITTEN) {
      const bytes = data.subarray(sent, sent + MOST_WRITTEN);
      // The chip goes on after a byte that is not acknowledged, to the end of the packet: whoever refuses a byte ignores those.
      const answer = this.#ask(writePacket(bytes), bytes.length, doing);
      if (firstNotAcknowledged(answer) !== -1) throw DriverError.bus("no-acknowledge-data", doing);
    }
  }

  #read(address: number, length: number): Uint8Array {
    const doing = `reading ${length} bytes from ${hex(address)}`;
    this.#start(address, true, doing);
    const data = new Uint8Array(length);
    for (let count = 0; count < length; ) {
      const next = Math.min(MOST_READ, length - count);
      data.set(this.#ask(readPacket(next, count + next === length), next, doing), count);
      count += next;
    }
    return data;
  }

  #start(address: number, isRead: boolean, doing: string): void {
    const answer = this.#ask(startPacket(address, isRead), 1, doing);
    if (firstNotAcknowledged(answer) !== -1) throw DriverError.bus("no-acknowledge-address", doing);
  }

  /** After a transaction that failed: the next one finds the bus free, and no answer to this one. */
  #free(error: unknown): void {
    if (error instanceof DriverError && error.payload.tag === "disconnected") return;
    try {
      this.#send(stopPacket());
      if (!(error instanceof DriverError) || error.payload.tag !== "bus") this.#drain();
    } catch (second) {
      // The first error says more.
      if (!(second instanceof DriverError)) throw second;
    }
  }

  #send(packet: Uint8Array): void {
    this.#device.submitOut(this.#out, packet, answerMs).wait();
  }

  /** Sends a packet, and gets all `count` bytes that it gives back, at most those of one packet. */
  #ask(packet: Uint8Array, count: number, doing: string): Uint8Array {
    this.#send(packet);
    const answer = new Uint8Array(count);
    for (let received = 0; received < count; ) {
      const bytes = this.#device.submitIn(this.#in, PACKET_BYTES, answerMs).wait();
      if (bytes.length === 0 || received + bytes.length > count) {
        throw DriverError.protocol(
          `The CH341A gave other data than it was asked for while ${doing}; unplug it and plug it in again.`,
        );
      }
      answer.set(bytes, received);
      received += bytes.length;
    }
    return answer;
  }

  /** Reads over what was asked for before, and never fetched. */
  #drain(): void {
    for (let stray = 0; stray < mostStrayPackets; stray += 1) {
      try {
        this.#device.submitIn(this.#in, PACKET_BYTES, drainMs).wait();
      } catch (error) {
        if (error instanceof UsbFault && error.code === "timeout") return;
        throw error;
      }
    }
    throw DriverError.wrongDevice(
      "The USB device sends what it was not asked for, and is no CH341A in I2C mode; correct the entry.",
    );
  }
}
