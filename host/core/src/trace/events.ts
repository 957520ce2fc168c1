/** What a bus tells of a transaction; each bus has fields of its own beside these. */
export interface BusTraceEvent {
  /** The bus's key in the board file: "i2c". */
  readonly kind: string;
  /** The device's name in the board file. */
  readonly device: string;
  /** When it began, in milliseconds of the board's clock. */
  readonly startMs: number;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
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
   * "endpoint", "request", "set-configuration", "reset", "security-key", "length", "transfers", "handles", "rate"; for SPI
   * "direction", "length", "delay", "rate", "name"; for GPIO "line", "direction", "rate", "name"; for
   * serial ports "direction", "length", "baud-rate", "rate", "name".
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

/** What a component can make its host tell as often as it likes. */
export type LineEvent = AuditEvent | ComplaintEvent | WarningEvent;

/** Everything that is told, of whatever bus. */
export type TraceEvent = BusTraceEvent | LineEvent | LifecycleEvent;
