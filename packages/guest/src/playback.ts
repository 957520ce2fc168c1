/** Tests of I2C drivers without a bus: a list of the transactions that must happen, with the answers. */

import { hex } from "./hex.ts";
import { WasiDelay, WasiI2cTarget } from "./i2c-target.ts";
import { fromU64 } from "./u64.ts";
import type { I2cErrorCode, WasiI2cHandle, WasiI2cOperation } from "./wit.ts";

/** Bytes, written as is handy in a test. */
export type Bytes = readonly number[] | Uint8Array;

/** One step of an expected transaction: bytes that the driver must write, or bytes that it is given. */
export type ExpectedOperation = { readonly write: Bytes } | { readonly read: Bytes };

/**
 * One expected transaction: a write, a read, a write and then a read, or any list of operations. With `error` it
 * happens like that, and then fails. `address`: where it goes to, where that is not the one of the playback.
 */
export type ExpectedTransaction = { readonly error?: I2cErrorCode; readonly address?: number } & (
  | { readonly write: Bytes; readonly read?: Bytes }
  | { readonly read: Bytes }
  | { readonly operations: readonly ExpectedOperation[] }
);

/** A wait, as it happened. */
export interface RecordedWait {
  /** How long, in milliseconds. */
  readonly ms: number;
  /** How many transactions had happened before. */
  readonly afterTransactions: number;
}

/** The driver did something else than the test expects. */
export class PlaybackError extends Error {
  override readonly name = "PlaybackError";
}

/**
 * A bus that plays a list of transactions. Exact bytes, lengths, order and addresses; anything else throws
 * PlaybackError, at once and again in `done`, because a driver may swallow what its last write throws.
 *
 * @example
 * const playback = new Playback(0x76, [{ write: [0xd0], read: [0x60] }]);
 * expect(new Registers(playback.target).readU8(0xd0)).toBe(0x60);
 * playback.done();
 */
export class Playback {
  /** The same bus as a wasi:i2c handle: for what opens its own target. */
  readonly bus: WasiI2cHandle;
  /** What a driver is given. */
  readonly target: WasiI2cTarget;
  /** What a driver is given: it returns at once, and records. */
  readonly delay: WasiDelay;
  /** All waits so far. */
  readonly waits: RecordedWait[] = [];

  readonly #address: number;
  readonly #expected: readonly ExpectedTransaction[];
  #next = 0;
  #failure: PlaybackError | undefined;

  /** @param address the driver's own, 7 bits */
  constructor(address: number, expected: readonly ExpectedTransaction[]) {
    this.#address = address;
    this.#expected = expected;
    this.bus = this.#handle();
    this.target = new WasiI2cTarget({ bus: this.bus, address });
    this.delay = new WasiDelay({
      delayNs: (ns) => this.waits.push({ ms: ns / 1e6, afterTransactions: this.#next }),
      [Symbol.dispose]: () => {},
    });
  }

  /** @throws PlaybackError when anything went wrong, or when expected transactions are left over */
  done(): void {
    if (this.#failure !== undefined) throw this.#failure;
    const left = this.#expected.slice(this.#next).map((expected) => show(operationsOf(expected)));
    if (left.length > 0) this.#fail(`${left.length} transactions are left over, first: ${left[0]}`);
  }

  #handle(): WasiI2cHandle {
    return {
      read: (address, length) => this.#play(address, [{ tag: "read", val: length }])[0]!,
      write: (address, data) => void this.#play(address, [{ tag: "write", val: data }]),
      writeRead: (address, data, length) =>
        this.#play(address, [
          { tag: "write", val: data },
          { tag: "read", val: length },
        ])[0]!,
      transaction: (address, operations) => this.#play(address, operations),
      [Symbol.dispose]: () => {},
    };
  }

  /** Compares one transaction with the next expected one, and answers. */
  #play(address: number, actual: readonly WasiI2cOperation[]): Uint8Array[] {
    const expected = this.#expected[this.#next];
    const where = `transaction ${this.#next}`;
    if (expected === undefined) this.#fail(`${where} is one too many: ${showActual(actual)}`);
    const wanted = expected.address ?? this.#address;
    if (address !== wanted) {
      this.#fail(`${where} goes to ${hex(address)} instead of ${hex(wanted)}: ${showActual(actual)}`);
    }
    const operations = operationsOf(expected);
    if (showActual(actual) !== show(operations, "lengths")) {
      this.#fail(`${where} is ${showActual(actual)}, but expected was ${show(operations)}`);
    }
    this.#next += 1;
    // What the host throws reaches a guest as an Error with a payload, in both engines.
    if (expected.error !== undefined)
      throw Object.assign(new Error(expected.error.tag), { payload: expected.error });
    return operations.filter((operation) => "read" in operation).map(({ read }) => Uint8Array.from(read));
  }

  #fail(message: string): never {
    this.#failure ??= new PlaybackError(message);
    throw this.#failure;
  }
}

/**
 * Cuts a list of expected transactions short: the transaction at `index` fails with `error`, nothing follows.
 *
 * @example [...failAt(open, 2, { tag: "bus" })]
 */
export function failAt(
  transactions: readonly ExpectedTransaction[],
  index: number,
  error: I2cErrorCode,
): ExpectedTransaction[] {
  const failing = transactions[index];
  if (failing === undefined) throw new RangeError(`there is no transaction ${index}`);
  return [...transactions.slice(0, index), { ...failing, error }];
}

function operationsOf(expected: ExpectedTransaction): readonly ExpectedOperation[] {
  if ("operations" in expected) return expected.operations;
  if (!("write" in expected)) return [expected];
  const { write, read } = expected;
  return read === undefined ? [{ write }] : [{ write }, { read }];
}

/** "write D0, read 60", or with only the lengths of what is read: that is all that a driver says. */
function show(operations: readonly ExpectedOperation[], reads: "bytes" | "lengths" = "bytes"): string {
  const shown = operations.map((operation) => {
    if ("write" in operation) return `write ${showBytes(operation.write)}`;
    return `read ${reads === "bytes" ? showBytes(operation.read) : operation.read.length}`;
  });
  return shown.join(", ");
}

function showActual(operations: readonly WasiI2cOperation[]): string {
  const shown = operations.map(({ tag, val }) => `${tag} ${tag === "read" ? fromU64(val) : showBytes(val)}`);
  return shown.join(", ");
}

function showBytes(bytes: Bytes): string {
  return Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");
}
