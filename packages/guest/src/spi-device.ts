/** What an SPI driver is given: its device. Drivers see the interface; the class wraps what WIT gives. */

import { DriverError } from "./errors.ts";
import { spiFault } from "./spi-errors.ts";
import { toU64 } from "./u64.ts";
import type { WasiSpiDevice as Handle, WasiSpiOperation, WasiSpiResult } from "./wit.ts";

/**
 * One step of a transaction: read that many bytes, at least 1, while anything is sent; write those; send those and read as many
 * at the same time; or wait at least that many nanoseconds with the device still selected.
 */
export type SpiOperation =
  | { readonly read: number }
  | { readonly write: Uint8Array }
  | { readonly transfer: Uint8Array }
  | { readonly delayNs: number };

/**
 * One device on an SPI bus: mode, clock and chip select are the board file's. In each method the device is selected once, and
 * nothing interleaves with it. All of them throw DriverError: `bus` when the transaction fails, `disconnected` after the device
 * was closed. Nobody acknowledges anything on SPI: where no device is, a read gives bytes all alike.
 */
export interface SpiDevice {
  /** Reads `length` bytes, at least 1. */
  read(length: number): Uint8Array;

  /** Writes `bytes`. */
  write(bytes: Uint8Array): void;

  /** Writes `bytes`, then reads `length` bytes, at least 1: a command and its answer. */
  writeRead(bytes: Uint8Array, length: number): Uint8Array;

  /** Sends `bytes` and returns the bytes that came at the same time, as many. */
  transfer(bytes: Uint8Array): Uint8Array;

  /** Runs `operations` in order; returns one array for each read and each transfer, in order. */
  transaction(operations: readonly SpiOperation[]): Uint8Array[];
}

/**
 * An SpiDevice over a wasi:spi handle. Closing twice is legal. All goes by `transaction`: the `write` of wasi:spi's text has its
 * error as the type of success, so that a failure of it could not say why.
 */
export class WasiSpiDevice implements SpiDevice, Disposable {
  #device: Handle | undefined;

  constructor(device: Handle) {
    this.#device = device;
  }

  read(length: number): Uint8Array {
    return this.#run([{ read: length }], () => `reading ${length} bytes`)[0]!;
  }

  write(bytes: Uint8Array): void {
    this.#run([{ write: bytes }], () => `writing ${bytes.length} bytes`);
  }

  writeRead(bytes: Uint8Array, length: number): Uint8Array {
    const doing = () => `writing ${bytes.length} bytes and reading ${length}`;
    return this.#run([{ write: bytes }, { read: length }], doing)[0]!;
  }

  transfer(bytes: Uint8Array): Uint8Array {
    return this.#run([{ transfer: bytes }], () => `transferring ${bytes.length} bytes`)[0]!;
  }

  transaction(operations: readonly SpiOperation[]): Uint8Array[] {
    return this.#run(operations, () => `a transaction of ${operations.length} operations`);
  }

  [Symbol.dispose](): void {
    // An engine traps when a handle is dropped twice.
    const device = this.#device;
    this.#device = undefined;
    device?.[Symbol.dispose]();
  }

  #run(operations: readonly SpiOperation[], doing: () => string): Uint8Array[] {
    if (this.#device === undefined) {
      throw DriverError.disconnected("The device was closed; open it again.");
    }
    const asked = operations.map(toWasiOperation);
    try {
      return answersOf(operations, this.#device.transaction(asked));
    } catch (error) {
      throw spiFault(error, doing());
    }
  }
}

function toWasiOperation(operation: SpiOperation): WasiSpiOperation {
  if ("read" in operation) return { tag: "read", val: toU64(atLeastOne(operation.read)) };
  if ("write" in operation) return { tag: "write", val: operation.write };
  if ("transfer" in operation) return { tag: "transfer", val: operation.transfer };
  return { tag: "delay-ns", val: toDelay(operation.delayNs) };
}

function atLeastOne(length: number): number {
  if (Number.isInteger(length) && length >= 1) return length;
  throw new RangeError(`cannot read ${length} bytes`);
}

/** WIT's u32 goes to 2^32 - 1, but both engines pass 2^31 and more wrongly; no host holds a bus for so long. */
function toDelay(ns: number): number {
  const whole = Math.ceil(ns);
  if (whole >= 0 && whole < 2 ** 31) return whole;
  throw new RangeError(`cannot wait ${ns} nanoseconds in a transaction`);
}

/** A host that answers other operations than it was asked for breaks its contract: nothing of it can be used. */
function answersOf(operations: readonly SpiOperation[], results: readonly WasiSpiResult[]): Uint8Array[] {
  const answers: Uint8Array[] = [];
  for (const [index, operation] of operations.entries()) {
    const expected = expectedLength(operation);
    if (expected === undefined) continue;
    const result = results[index];
    const bytes = result?.tag === "read" || result?.tag === "transfer" ? result.val : undefined;
    if (bytes?.length !== expected) {
      throw DriverError.bus(
        "other",
        `reading ${expected} bytes, of which the host gave ${bytes?.length ?? 0}`,
      );
    }
    answers.push(bytes);
  }
  return answers;
}

/** How many bytes an operation answers; undefined for none. */
function expectedLength(operation: SpiOperation): number | undefined {
  if ("read" in operation) return operation.read;
  return "transfer" in operation ? operation.transfer.length : undefined;
}
