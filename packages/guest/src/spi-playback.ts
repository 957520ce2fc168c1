/** Tests of SPI drivers without a bus: a list of the transactions that must happen, with the answers. */

import type { Timer } from "./board-time.ts";
import { type Bytes, PlaybackError, type RecordedWait } from "./playback.ts";
import { WasiSpiDevice } from "./spi-device.ts";
import { fromU64 } from "./u64.ts";
import type { WasiSpiDevice as Handle, SpiError, WasiSpiOperation, WasiSpiResult } from "./wit.ts";

/** One step of an expected transaction: bytes that the driver must send, bytes that it is given, or both at once; or a delay. */
export type ExpectedSpiOperation =
  | { readonly write: Bytes }
  | { readonly read: Bytes }
  | { readonly transfer: Bytes; readonly answer: Bytes }
  | { readonly delayNs: number };

/** One expected transaction. With `error` it happens like that, and then fails. */
export interface ExpectedSpiTransaction {
  readonly operations: readonly ExpectedSpiOperation[];
  readonly error?: SpiError;
}

/**
 * A device that plays a list of transactions: exact bytes, lengths and order. Anything else throws PlaybackError, at once and
 * again in `done`, because a driver may swallow what its last write throws.
 *
 * @example
 * const playback = new SpiPlayback([{ operations: [{ write: [0x9f] }, { read: [0xef, 0x40, 0x18] }] }]);
 * expect(new W25Q(playback.device, playback.timer).info().product).toBe("W25Q128JV");
 * playback.done();
 */
export class SpiPlayback {
  /** The same device as a wasi:spi handle: for what opens its own. */
  readonly handle: Handle;
  /** What a driver is given. */
  readonly device: WasiSpiDevice;
  /** What a driver is given: a wait returns at once, is recorded, and is all that lets time pass. */
  readonly timer: Timer;
  /** All waits so far, outside of transactions. */
  readonly waits: RecordedWait[] = [];

  readonly #expected: readonly ExpectedSpiTransaction[];
  #next = 0;
  #failure: PlaybackError | undefined;

  constructor(expected: readonly ExpectedSpiTransaction[]) {
    this.#expected = expected;
    this.handle = this.#makeHandle();
    this.device = new WasiSpiDevice(this.handle);
    const wait = (ms: number) => {
      if (ms > 0) this.waits.push({ ms, afterTransactions: this.#next });
    };
    const nowMs = () => this.waits.reduce((sum, { ms }) => sum + ms, 0);
    this.timer = { nowMs, waitMs: wait, waitNs: (ns) => wait(ns / 1e6) };
  }

  /** @throws PlaybackError when anything went wrong, or when expected transactions are left over */
  done(): void {
    if (this.#failure !== undefined) throw this.#failure;
    const left = this.#expected.slice(this.#next).map(({ operations }) => showExpected(operations));
    if (left.length > 0) this.#fail(`${left.length} transactions are left over, first: ${left[0]}`);
  }

  #makeHandle(): Handle {
    return {
      read: (length) => bytesOf(this.#play([{ tag: "read", val: length }])[0]),
      // The type is the text's: its error is what success gives. Nothing is read off it.
      write: (data) => this.#play([{ tag: "write", val: data }]) as never,
      transfer: (data) => bytesOf(this.#play([{ tag: "transfer", val: data }])[0]),
      transaction: (operations) => this.#play(operations),
      [Symbol.dispose]: () => {},
    };
  }

  /** Compares one transaction with the next expected one, and answers. */
  #play(actual: readonly WasiSpiOperation[]): WasiSpiResult[] {
    const expected = this.#expected[this.#next];
    const where = `transaction ${this.#next}`;
    if (expected === undefined) this.#fail(`${where} is one too many: ${showActual(actual)}`);
    if (showActual(actual) !== showAsked(expected.operations)) {
      this.#fail(`${where} is ${showActual(actual)}, but expected was ${showExpected(expected.operations)}`);
    }
    this.#next += 1;
    // What the host throws reaches a guest as an Error with a payload, in both engines.
    if (expected.error !== undefined) {
      throw Object.assign(new Error(expected.error.tag), { payload: expected.error });
    }
    return expected.operations.map(resultOf);
  }

  #fail(message: string): never {
    this.#failure ??= new PlaybackError(message);
    throw this.#failure;
  }
}

function resultOf(operation: ExpectedSpiOperation): WasiSpiResult {
  if ("read" in operation) return { tag: "read", val: Uint8Array.from(operation.read) };
  if ("transfer" in operation) return { tag: "transfer", val: Uint8Array.from(operation.answer) };
  return { tag: "write" in operation ? "write" : "delay" };
}

function bytesOf(result: WasiSpiResult | undefined): Uint8Array {
  if (result?.tag === "read" || result?.tag === "transfer") return result.val;
  throw new PlaybackError("the list has no bytes for what is read");
}

/** What a driver says: of what is read, only the length. */
function showAsked(operations: readonly ExpectedSpiOperation[]): string {
  const shown = operations.map((operation) => {
    if ("read" in operation) return `read ${operation.read.length}`;
    if ("transfer" in operation) return `transfer ${showBytes(operation.transfer)}`;
    return "write" in operation ? `write ${showBytes(operation.write)}` : `delay ${operation.delayNs} ns`;
  });
  return shown.join(", ");
}

/** The same with what is answered. */
function showExpected(operations: readonly ExpectedSpiOperation[]): string {
  const shown = operations.map((operation) => {
    if ("read" in operation) return `read ${showBytes(operation.read)}`;
    return "transfer" in operation
      ? `${showAsked([operation])} answered by ${showBytes(operation.answer)}`
      : showAsked([operation]);
  });
  return shown.join(", ");
}

function showActual(operations: readonly WasiSpiOperation[]): string {
  const shown = operations.map(({ tag, val }) => {
    if (tag === "read") return `read ${fromU64(val)}`;
    return tag === "delay-ns" ? `delay ${val} ns` : `${tag} ${showBytes(val)}`;
  });
  return shown.join(", ");
}

function showBytes(bytes: Bytes): string {
  return Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");
}
