import type { I2cBusName, I2cOperation } from "../i2c/backend.ts";
import type { I2cErrorCode } from "../i2c/error.ts";

/** One transaction that reached a bus. */
export interface I2cTraceEvent {
  readonly kind: "i2c";
  /** The device's name in the board file. */
  readonly device: string;
  readonly bus: I2cBusName;
  readonly address: number;
  /** When it began, in milliseconds of the board's clock. */
  readonly startMs: number;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
  readonly operations: readonly I2cOperation[];
  /** What was read, one array for each read; absent when it failed. */
  readonly results?: readonly Uint8Array[];
  /** Why it failed; absent when it did not. */
  readonly error?: { readonly code: I2cErrorCode; readonly message: string };
}

/** Something that a driver asked for and did not get. Nothing reached the bus. */
export interface AuditEvent {
  readonly kind: "denied";
  readonly device: string;
  /** When, in milliseconds of the board's clock. */
  readonly startMs: number;
  /** What was asked for: "i2c transaction on bus 1 at 0x77: write 2". */
  readonly call: string;
  /** What of it is not granted: "bus", "address", "direction", "length", "rate", "name". */
  readonly denied: string;
  /** One sentence for the operator. */
  readonly reason: string;
}

/** A turn in the life of a driver instance. */
export interface LifecycleEvent {
  readonly kind: "lifecycle";
  readonly device: string;
  readonly startMs: number;
  readonly event: "started" | "stopped" | "trapped";
  /** Why, for a trap. */
  readonly reason?: string;
}

/** Everything that a board tells. */
export type BoardEvent = I2cTraceEvent | AuditEvent | LifecycleEvent;

/** Receives a board's events. It must not throw; what it throws is lost. */
export type BoardListener = (event: BoardEvent) => void;

/** Delivers events to any number of listeners; costs nothing while there are none. */
export class Trace {
  readonly #listeners = new Set<BoardListener>();

  /** Whether anybody listens: events need not be built otherwise. */
  get active(): boolean {
    return this.#listeners.size > 0;
  }

  /** Adds a listener; disposing the result removes it. */
  listen(listener: BoardListener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Tells every listener. */
  emit(event: BoardEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch {
        // A listener that fails must not change what the driver sees.
      }
    }
  }
}

/** The operations of a transaction as people write them: "write 1, read 8". */
export function describeOperations(operations: readonly I2cOperation[]): string {
  return operations
    .map((operation) =>
      operation.kind === "read" ? `read ${operation.length}` : `write ${operation.data.length}`,
    )
    .join(", ");
}
