/** What an I2C driver is given: its target and a delay. Drivers see the interfaces; the classes wrap what WIT gives. */

import { DriverError, i2cFault } from "./errors.ts";
import { hex } from "./hex.ts";
import { toU64 } from "./u64.ts";
import type { WasiDelayHandle, WasiI2cHandle, WasiI2cOperation, Wiring } from "./wit.ts";

/** One step of a transaction: read that many bytes, at least 1, or write those. */
export type I2cOperation = { readonly read: number } | { readonly write: Uint8Array };

/**
 * One device on an I2C bus. Each method is one transaction, which nothing interleaves with. All of them throw
 * DriverError: `bus` when the transaction fails, `disconnected` after the target was closed.
 */
export interface I2cTarget {
  /** 7 bits, right-aligned. For messages: the methods know it. */
  readonly address: number;

  /** Reads `length` bytes, at least 1. */
  read(length: number): Uint8Array;

  /** Writes `bytes`. */
  write(bytes: Uint8Array): void;

  /** Writes `bytes`, then reads `length` bytes, at least 1, after a repeated start: the usual register read. */
  writeRead(bytes: Uint8Array, length: number): Uint8Array;

  /** Runs `operations` with a repeated start between them; returns one array for each read, in order. */
  transaction(operations: readonly I2cOperation[]): Uint8Array[];

  /**
   * What is at another address of the same bus, closed together with this target. The board has to grant the address: of a part
   * that answers at several, and of what is behind a multiplexer.
   *
   * @param address 7 bits, right-aligned
   */
  at(address: number): I2cTarget;
}

/** Waiting, for the times that data sheets ask for. The bus is free meanwhile. */
export interface Delay {
  /** Waits at least `ms` milliseconds, to the nearest nanosecond; 0 returns at once. */
  waitMs(ms: number): void;

  /** Waits at least `ns` nanoseconds; 0 returns at once. */
  waitNs(ns: number): void;
}

/** An I2cTarget over a wasi:i2c handle and an address, both from busbar:board. Closing twice is legal. */
export class WasiI2cTarget implements I2cTarget, Disposable {
  readonly address: number;
  readonly #shared: { bus: WasiI2cHandle | undefined };

  constructor({ bus, address }: Wiring, shared: { bus: WasiI2cHandle | undefined } = { bus }) {
    this.#shared = shared;
    this.address = address;
  }

  at(address: number): WasiI2cTarget {
    return new WasiI2cTarget({ bus: this.#opened(), address }, this.#shared);
  }

  read(length: number): Uint8Array {
    const bus = this.#opened();
    try {
      return exactly(bus.read(this.address, toU64(atLeastOne(length))), length);
    } catch (error) {
      throw i2cFault(error, `reading ${length} bytes from ${hex(this.address)}`);
    }
  }

  write(bytes: Uint8Array): void {
    const bus = this.#opened();
    try {
      bus.write(this.address, bytes);
    } catch (error) {
      throw i2cFault(error, `writing ${bytes.length} bytes to ${hex(this.address)}`);
    }
  }

  writeRead(bytes: Uint8Array, length: number): Uint8Array {
    const bus = this.#opened();
    try {
      return exactly(bus.writeRead(this.address, bytes, toU64(atLeastOne(length))), length);
    } catch (error) {
      throw i2cFault(error, `writing ${bytes.length} bytes to ${hex(this.address)} and reading ${length}`);
    }
  }

  transaction(operations: readonly I2cOperation[]): Uint8Array[] {
    const bus = this.#opened();
    const lengths = operations.filter((operation) => "read" in operation).map(({ read }) => atLeastOne(read));
    try {
      const results = bus.transaction(this.address, operations.map(toWasiOperation));
      return lengths.map((length, index) => exactly(results[index], length));
    } catch (error) {
      throw i2cFault(error, `a transaction of ${operations.length} operations with ${hex(this.address)}`);
    }
  }

  [Symbol.dispose](): void {
    // An engine traps when a handle is dropped twice.
    const { bus } = this.#shared;
    this.#shared.bus = undefined;
    bus?.[Symbol.dispose]();
  }

  #opened(): WasiI2cHandle {
    const { bus } = this.#shared;
    if (bus !== undefined) return bus;
    throw DriverError.disconnected(`The device at ${hex(this.address)} was closed; open it again.`);
  }
}

/** A Delay over a wasi:i2c handle. Closing twice is legal. */
export class WasiDelay implements Delay, Disposable {
  #delay: WasiDelayHandle | undefined;

  constructor(delay: WasiDelayHandle) {
    this.#delay = delay;
  }

  waitMs(ms: number): void {
    this.waitNs(Math.round(ms * 1e6));
  }

  waitNs(ns: number): void {
    const whole = Math.ceil(ns);
    if (!Number.isSafeInteger(whole) || whole < 0) throw new RangeError(`cannot wait ${ns} nanoseconds`);
    if (this.#delay === undefined) throw DriverError.disconnected("The device was closed; open it again.");
    for (let left = whole; left > 0; left -= longestDelayNs) {
      this.#delay.delayNs(Math.min(left, longestDelayNs));
    }
  }

  [Symbol.dispose](): void {
    const delay = this.#delay;
    this.#delay = undefined;
    delay?.[Symbol.dispose]();
  }
}

/** WIT's u32 goes to 2^32 - 1, but both engines pass 2^31 and more wrongly. */
const longestDelayNs = 2 ** 31 - 1;

function toWasiOperation(operation: I2cOperation): WasiI2cOperation {
  return "read" in operation
    ? { tag: "read", val: toU64(operation.read) }
    : { tag: "write", val: operation.write };
}

function atLeastOne(length: number): number {
  if (Number.isInteger(length) && length >= 1) return length;
  throw new RangeError(`cannot read ${length} bytes`);
}

/** A host that returns another number of bytes than it was asked for breaks its contract: nothing of it can be used. */
function exactly(bytes: Uint8Array | undefined, length: number): Uint8Array {
  if (bytes?.length === length) return bytes;
  throw DriverError.bus("other", `reading ${length} bytes, of which the host gave ${bytes?.length ?? 0}`);
}
