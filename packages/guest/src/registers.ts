/** Access to the registers of a device whose register addresses are one byte, as most are. */

import { busFaultWhile } from "./errors.ts";
import { hex } from "./hex.ts";

/** What registers are reached through: an I2C target, or an SPI device that is taken for one by `SpiRegisterTarget`. */
export interface RegisterTarget {
  /** 7 bits, for messages; none on SPI. */
  readonly address?: number;

  /** Writes the register's address and what goes into it, in one transaction. */
  write(bytes: Uint8Array): void;

  /** Writes the register's address, then reads `length` bytes, at least 1, in one transaction. */
  writeRead(bytes: Uint8Array, length: number): Uint8Array;
}

/** Where a part is, for sentences: "at 0x76", or "on SPI". */
export function placeOf({ address }: RegisterTarget): string {
  return address === undefined ? "on SPI" : `at ${hex(address)}`;
}

/**
 * The registers of one target. A read is one transaction (the register's address, a repeated start, the bytes), a
 * write is one (the address and the bytes). LE and BE name the order of a 16-bit value's bytes on the bus: least or
 * most significant first. Every method throws DriverError as its target does; a `bus` error says which register.
 */
export class Registers {
  readonly #target: RegisterTarget;

  constructor(target: RegisterTarget) {
    this.#target = target;
  }

  /** Reads `length` bytes from `register` on; the device moves on to the next register by itself. */
  readBlock(register: number, length: number): Uint8Array {
    try {
      return this.#target.writeRead(Uint8Array.of(register), length);
    } catch (error) {
      const amount = length === 1 ? "1 byte" : `${length} bytes`;
      throw this.#located(error, `reading ${amount} from register ${hex(register)}`);
    }
  }

  /** Writes `bytes` from `register` on, for devices that move on to the next register by themselves. */
  writeBlock(register: number, bytes: Uint8Array): void {
    const message = new Uint8Array(bytes.length + 1);
    message[0] = register;
    message.set(bytes, 1);
    this.#write(message);
  }

  /** Reads 0 to 255. */
  readU8(register: number): number {
    return this.#read(register, 1).getUint8(0);
  }

  /** Reads -128 to 127, two's complement. */
  readI8(register: number): number {
    return this.#read(register, 1).getInt8(0);
  }

  /** Reads 0 to 65535, least significant byte first. */
  readU16LE(register: number): number {
    return this.#read(register, 2).getUint16(0, true);
  }

  /** Reads 0 to 65535, most significant byte first. */
  readU16BE(register: number): number {
    return this.#read(register, 2).getUint16(0, false);
  }

  /** Reads -32768 to 32767, two's complement, least significant byte first. */
  readI16LE(register: number): number {
    return this.#read(register, 2).getInt16(0, true);
  }

  /** Reads -32768 to 32767, two's complement, most significant byte first. */
  readI16BE(register: number): number {
    return this.#read(register, 2).getInt16(0, false);
  }

  /** Writes 0 to 255. */
  writeU8(register: number, value: number): void {
    this.#write(Uint8Array.of(register, within(value, 0, 0xff)));
  }

  /** Writes -128 to 127, two's complement. */
  writeI8(register: number, value: number): void {
    this.#write(Uint8Array.of(register, within(value, -0x80, 0x7f)));
  }

  /** Writes 0 to 65535, least significant byte first. */
  writeU16LE(register: number, value: number): void {
    within(value, 0, 0xffff);
    this.#write(Uint8Array.of(register, value, value >> 8));
  }

  /** Writes 0 to 65535, most significant byte first. */
  writeU16BE(register: number, value: number): void {
    within(value, 0, 0xffff);
    this.#write(Uint8Array.of(register, value >> 8, value));
  }

  /** Writes -32768 to 32767, two's complement, least significant byte first. */
  writeI16LE(register: number, value: number): void {
    within(value, -0x8000, 0x7fff);
    this.#write(Uint8Array.of(register, value, value >> 8));
  }

  /** Writes -32768 to 32767, two's complement, most significant byte first. */
  writeI16BE(register: number, value: number): void {
    within(value, -0x8000, 0x7fff);
    this.#write(Uint8Array.of(register, value >> 8, value));
  }

  /**
   * Changes the bits of an 8-bit register that `mask` has, and leaves the others: a read, then a write. The write
   * happens even where nothing changes, because some registers act on being written.
   *
   * @param value the new bits, in place; no bit outside `mask`
   */
  updateBits(register: number, mask: number, value: number): void {
    within(mask, 0, 0xff);
    if ((value & ~mask) !== 0) throw new RangeError(`${hex(value)} has bits outside the mask ${hex(mask)}`);
    this.writeU8(register, (this.readU8(register) & ~mask) | value);
  }

  #read(register: number, length: number): DataView {
    const { buffer, byteOffset, byteLength } = this.readBlock(register, length);
    return new DataView(buffer, byteOffset, byteLength);
  }

  #write(message: Uint8Array): void {
    try {
      this.#target.write(message);
    } catch (error) {
      const amount = message.length === 2 ? "1 byte" : `${message.length - 1} bytes`;
      throw this.#located(error, `writing ${amount} to register ${hex(message[0]!)}`);
    }
  }

  #located(error: unknown, doing: string): unknown {
    const { address } = this.#target;
    return busFaultWhile(error, address === undefined ? doing : `${doing} of ${hex(address)}`);
  }
}

function within(value: number, minimum: number, maximum: number): number {
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return value;
  throw new RangeError(`${value} is not a whole number from ${minimum} to ${maximum}`);
}
