import type { I2cBusName, I2cOperation } from "../bus/i2c/backend.ts";
import type { I2cErrorCode } from "../bus/i2c/error.ts";
import type { UsbTransferRequest, UsbTransferResult } from "../bus/usb/backend.ts";
import type { LibusbErrorCode } from "../bus/usb/error.ts";
import type { Clock } from "../clock.ts";
import { LineLimit } from "./line-limit.ts";

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

/** One USB transfer that ended. It is told when it ends, and so transfers under way together are told in that order. */
export interface UsbTraceEvent {
  readonly kind: "usb";
  /** The device's name in the board file. */
  readonly device: string;
  readonly busNumber: number;
  readonly deviceAddress: number;
  /** When it was submitted, in milliseconds of the board's clock. */
  readonly startMs: number;
  /** How long it was under way, in milliseconds. */
  readonly durationMs: number;
  readonly request: UsbTransferRequest;
  /** What it did; absent when it failed. */
  readonly result?: UsbTransferResult;
  /** Why it failed; absent when it did not. */
  readonly error?: { readonly code: LibusbErrorCode; readonly message: string };
}

/** Something that a driver asked for and did not get. Nothing reached the bus. */
export interface AuditEvent {
  readonly kind: "denied";
  readonly device: string;
  /** When, in milliseconds of the board's clock. */
  readonly startMs: number;
  /** What was asked for: "i2c transaction on bus 1 at 0x77: write 2". */
  readonly call: string;
  /**
   * What of it is not granted: "bus", "address", "direction", "length", "rate", "name"; for USB "device", "interface",
   * "endpoint", "request", "set-configuration", "reset", "security-key", "length", "transfers", "handles", "rate".
   */
  readonly denied: string;
  /** One sentence for the operator. */
  readonly reason: string;
  /**
   * How many denials this line stands for; 1 where it is absent. A component that is refused in a loop gets a few lines a
   * second for each kind of denial, and then one for all that were left out, with the call and the reason of the last.
   */
  readonly count?: number;
}

/** Something that a driver asked for and is not granted, and got, because its entry is not enforced. */
export interface ComplaintEvent extends Omit<AuditEvent, "kind"> {
  readonly kind: "would-be-denied";
}

/** What a driver says to the operator although nothing failed. */
export interface WarningEvent {
  readonly kind: "warning";
  readonly device: string;
  /** When, in milliseconds of the board's clock. */
  readonly startMs: number;
  /** One sentence, safe to show. */
  readonly message: string;
  /** How many warnings this line stands for; 1 where it is absent. As {@link AuditEvent.count}. */
  readonly count?: number;
}

/** A turn in the life of a driver instance. */
export interface LifecycleEvent {
  readonly kind: "lifecycle";
  readonly device: string;
  readonly startMs: number;
  /** "waiting": for the device to be plugged in. */
  readonly event: "started" | "stopped" | "trapped" | "waiting";
  /** Why, for a trap, a wait, and a stop because the device left. */
  readonly reason?: string;
}

/** Everything that a board tells. */
export type BoardEvent =
  | I2cTraceEvent
  | UsbTraceEvent
  | AuditEvent
  | ComplaintEvent
  | WarningEvent
  | LifecycleEvent;

/** Receives a board's events. It must not throw; what it throws is lost. */
export type BoardListener = (event: BoardEvent) => void;

/** Delivers events to any number of listeners; costs nothing while there are none. */
export class Trace implements Disposable {
  readonly #listeners = new Set<BoardListener>();
  readonly #limit: LineLimit;

  constructor(clock: Clock) {
    this.#limit = new LineLimit(clock, (event) => this.#tell(event));
  }

  /** Whether anybody listens: events need not be built otherwise. */
  get active(): boolean {
    return this.#listeners.size > 0;
  }

  /** Adds a listener; disposing the result removes it. */
  listen(listener: BoardListener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Tells every listener; of denials and warnings that come in masses, a few and then their count. */
  emit(event: BoardEvent): void {
    if (!this.active) return;
    if (event.kind === "denied" || event.kind === "would-be-denied" || event.kind === "warning")
      this.#limit.add(event);
    else this.#tell(event);
  }

  /** Tells of what was only counted so far. Call it last. */
  [Symbol.dispose](): void {
    this.#limit[Symbol.dispose]();
  }

  #tell(event: BoardEvent): void {
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
