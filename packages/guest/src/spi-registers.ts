/** Registers of one byte's address on SPI, for drivers of parts that have both buses. */

import type { RegisterTarget } from "./registers.ts";
import type { SpiDevice } from "./spi-device.ts";

/** Bit 7 of the first byte: 1 reads, 0 writes. */
const READ = 0x80;

/**
 * What `Registers`, and a driver class that is for both buses, take for an I2C target: on SPI the first byte is the register's
 * address in its lower seven bits, and in the highest whether it is read (1) or written (0). So it is in Bosch's parts and in
 * many of others.
 *
 * @example new BME280(new SpiRegisterTarget(device), delay, options)
 */
export class SpiRegisterTarget implements RegisterTarget {
  readonly #device: SpiDevice;

  constructor(device: SpiDevice) {
    this.#device = device;
  }

  /** Reads `length` bytes from the register on whose address is the one byte of `bytes`. */
  writeRead(bytes: Uint8Array, length: number): Uint8Array {
    return this.#device.writeRead(withFirst(bytes, bytes[0]! | READ), length);
  }

  /** Writes to the register whose address is the first of `bytes`. */
  write(bytes: Uint8Array): void {
    this.#device.write(withFirst(bytes, bytes[0]! & ~READ));
  }
}

/** The same bytes behind another first one. */
function withFirst(bytes: Uint8Array, first: number): Uint8Array {
  const message = Uint8Array.from(bytes);
  message[0] = first;
  return message;
}
