/**
 * WCH CH341A, in the mode in which it is 1A86:5512: an I2C and an SPI controller over USB, at pins of their own.
 *
 * Data sheet: "USB Bus Convert Chip CH341", part 2 (DS2), version 1.0. It has no commands: see stream.ts and spi-stream.ts.
 */

import {
  BoardTimer,
  completeOptions,
  DriverError,
  hex,
  type I2cControllerDriver,
  type I2cOperation,
  type OptionsOf,
  oneOf,
  type SpiControllerDriver,
  type SpiOperation,
  type SpiWiring,
  type Time,
  type UsbDevice,
} from "@busbar/guest";
import { Packets } from "./packets.ts";
import { SpiBus } from "./spi.ts";
import {
  firstNotAcknowledged,
  MOST_READ,
  MOST_WRITTEN,
  readPacket,
  SPEEDS,
  speedPacket,
  startPacket,
  stopPacket,
  writePacket,
} from "./stream.ts";

/** The options, their defaults, and the settings of a board file. */
export const ch341aOptions = {
  /** The clock of the I2C bus in kHz. The one of SPI cannot be set. */
  clockKhz: oneOf(SPEEDS, 100),
};

/** What can be set; see `ch341aOptions`. */
export type CH341AOptions = OptionsOf<typeof ch341aOptions>;

/** The driver of one CH341A. */
export class CH341A implements I2cControllerDriver, SpiControllerDriver {
  readonly info = { vendor: "WCH", model: "CH341A" };
  readonly i2cBuses = 1;
  readonly spiBuses = 1;

  readonly #device: UsbDevice;
  readonly #packets: Packets;
  readonly #spi: SpiBus;

  /**
   * Sets the clock of I2C, and frees that bus. The pins of SPI are left alone until it is used.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `wrong-device` where it has other endpoints
   */
  constructor(device: UsbDevice, time: Time, given: Partial<CH341AOptions> = {}) {
    const { clockKhz } = completeOptions(ch341aOptions, given);
    this.#device = device;
    this.#packets = new Packets(device);
    this.#spi = new SpiBus(this.#packets, new BoardTimer(time));
    this.#packets.send(speedPacket(clockKhz));
    this.#packets.send(stopPacket());
    this.#packets.drain();
  }

  i2cTransaction(_bus: number, address: number, operations: readonly I2cOperation[]): Uint8Array[] {
    const results: Uint8Array[] = [];
    try {
      for (const operation of operations) {
        if ("read" in operation) results.push(this.#read(address, operation.read));
        else this.#write(address, operation.write);
      }
    } catch (error) {
      this.#packets.recover(error, stopPacket());
      throw error;
    }
    this.#packets.send(stopPacket());
    return results;
  }

  spiTransaction(_bus: number, wiring: SpiWiring, operations: readonly SpiOperation[]): Uint8Array[] {
    return this.#spi.transaction(wiring, operations);
  }

  close(): void {
    this.#spi.close();
    this.#device.close();
  }

  #write(address: number, data: Uint8Array): void {
    const doing = `writing ${data.length} bytes to ${hex(address)}`;
    this.#start(address, false, doing);
    for (let sent = 0; sent < data.length; sent += MOST_WRITTEN) {
      const bytes = data.subarray(sent, sent + MOST_WRITTEN);
      // The chip goes on after a byte that is not acknowledged, to the end of the packet: whoever refuses a byte ignores those.
      const answer = this.#packets.ask(writePacket(bytes), bytes.length, doing);
      if (firstNotAcknowledged(answer) !== -1) throw DriverError.bus("no-acknowledge-data", doing);
    }
  }

  #read(address: number, length: number): Uint8Array {
    const doing = `reading ${length} bytes from ${hex(address)}`;
    this.#start(address, true, doing);
    const data = new Uint8Array(length);
    for (let count = 0; count < length; ) {
      const next = Math.min(MOST_READ, length - count);
      data.set(this.#packets.ask(readPacket(next, count + next === length), next, doing), count);
      count += next;
    }
    return data;
  }

  #start(address: number, isRead: boolean, doing: string): void {
    const answer = this.#packets.ask(startPacket(address, isRead), 1, doing);
    if (firstNotAcknowledged(answer) !== -1) throw DriverError.bus("no-acknowledge-address", doing);
  }
}
