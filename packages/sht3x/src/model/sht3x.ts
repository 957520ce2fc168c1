import type { I2cDirection, I2cTarget, ModelClock } from "@busbar/model";
import {
  BREAK_MS,
  COMMANDS,
  LIMITS_AFTER_RESET,
  MEASUREMENT_MS,
  RESET_MS,
  type Sht3xCommand,
  type Sht3xLimit,
  type Sht3xMeasurementTime,
} from "./commands.ts";
import { checksum, wordBytes } from "./words.ts";

/** What an SHT3x measures: words as they are sent, 0 to 65535. */
export interface Sht3xRaw {
  readonly temperature: number;
  readonly humidity: number;
}

/** One simulated chip. */
export interface Sht3xOptions {
  /** What it measures, `elapsedMs` after it was powered. */
  readonly source: (elapsedMs: number) => Sht3xRaw;
  /** Default: `maximum`, so that a driver that waits too short a time is refused. */
  readonly measurementTime?: Sht3xMeasurementTime;
}

/** Section 4.11, table 18. */
const STATUS = {
  alertPending: 0x8000,
  heater: 0x2000,
  resetDetected: 0x0010,
  commandFailed: 0x0002,
  checksumFailed: 0x0001,
} as const;
const STATUS_AFTER_RESET = STATUS.alertPending | STATUS.resetDetected;

/** Times that differ by less than this are the same: sums of fractions of a millisecond are not exact. */
const SLACK_MS = 1e-6;

/** What the chip is doing; times are the clock's. */
type Phase =
  | { readonly kind: "idle" }
  | { readonly kind: "single"; readonly endsAt: number; readonly stretches: boolean }
  | { readonly kind: "periodic"; readonly firstAt: number; readonly periodMs: number; fetched: number };

/**
 * Sensirion SHT3x-DIS, from its datasheet, version 7. Powered and started when it is made. It lives by `ModelClock.now()`.
 *
 * A transaction takes no time here: where the chip would stretch the clock until its result is there, the result is
 * there at once. What the datasheet leaves open is decided against the driver: during a periodic measurement every
 * command but break and fetch is refused in the status register, and a result is acknowledged once. The alert limits
 * are kept, but raise no alert.
 */
export class Sht3x implements I2cTarget {
  readonly #options: Sht3xOptions;
  readonly #clock: ModelClock;
  readonly #poweredAt: number;
  /** Not acknowledging before this. */
  #busyUntil = Number.NEGATIVE_INFINITY;
  #phase: Phase = { kind: "idle" };
  #status: number = STATUS_AFTER_RESET;
  /** The bytes of the command that is being written, and of the word behind it. */
  #command: number[] = [];
  #limits: Record<Sht3xLimit, number> = { ...LIMITS_AFTER_RESET };
  /** What the next read message sends. */
  #answer: Uint8Array | undefined;
  #sending: Uint8Array = new Uint8Array();
  #sent = 0;

  constructor(options: Sht3xOptions, clock: ModelClock) {
    this.#options = options;
    this.#clock = clock;
    this.#poweredAt = clock.now();
  }

  start(direction: I2cDirection): boolean {
    this.#command = [];
    if (this.#clock.now() < this.#busyUntil - SLACK_MS) return false;
    if (direction === "write") {
      this.#answer = undefined;
      return true;
    }
    const answer = this.#answer ?? this.#singleResult();
    this.#answer = undefined;
    if (answer === undefined) return false;
    this.#sending = answer;
    this.#sent = 0;
    return true;
  }

  write(byte: number): boolean {
    const command = this.#command;
    const code = COMMANDS.get(command[0]! * 256 + command[1]!);
    const wanted = command.length < 2 ? 2 : code?.kind === "write-limit" ? 5 : 0;
    if (command.length >= wanted) return false;
    command.push(byte);
    if (command.length === 2) this.#execute(COMMANDS.get(command[0]! * 256 + byte));
    if (command.length === 5 && code?.kind === "write-limit") this.#writeLimit(code.limit);
    return true;
  }

  read(): number {
    const byte = this.#sending[this.#sent] ?? 0xff;
    this.#sent += 1;
    return byte;
  }

  stop(): void {}

  #execute(command: Sht3xCommand | undefined): void {
    const now = this.#clock.now();
    if (command?.kind === "read-status") {
      this.#answer = wordBytes(this.#status);
      return;
    }
    const periodic = this.#phase.kind === "periodic";
    const allowed = !periodic || command?.kind === "break" || command?.kind === "fetch";
    if (command === undefined || !allowed || (command.kind === "fetch" && !periodic)) {
      this.#status |= STATUS.commandFailed;
      return;
    }
    this.#status &= ~STATUS.commandFailed;
    switch (command.kind) {
      case "single": {
        const endsAt = now + this.#measurementMs(command.repeatability);
        this.#phase = { kind: "single", endsAt, stretches: command.stretches };
        break;
      }
      case "periodic": {
        const firstAt = now + this.#measurementMs(command.repeatability);
        this.#phase = { kind: "periodic", firstAt, periodMs: command.periodMs, fetched: 0 };
        break;
      }
      case "fetch":
        this.#answer = this.#periodicResult(now);
        break;
      case "break":
        this.#phase = { kind: "idle" };
        this.#busyUntil = now + BREAK_MS;
        break;
      case "reset":
        this.#phase = { kind: "idle" };
        this.#status = STATUS_AFTER_RESET;
        this.#limits = { ...LIMITS_AFTER_RESET };
        this.#busyUntil = now + RESET_MS;
        break;
      case "read-limit":
        this.#answer = wordBytes(this.#limits[command.limit]);
        break;
      case "write-limit":
        // The word follows.
        break;
      case "heater-on":
        this.#status |= STATUS.heater;
        break;
      case "heater-off":
        this.#status &= ~STATUS.heater;
        break;
      case "clear-status":
        this.#status &= ~(STATUS.alertPending | STATUS.resetDetected);
        break;
    }
  }

  #writeLimit(limit: Sht3xLimit): void {
    const [, , high, low, sum] = this.#command;
    const word = high! * 256 + low!;
    if (checksum(word) === sum) {
      this.#status &= ~STATUS.checksumFailed;
      if (this.#phase.kind !== "periodic") this.#limits[limit] = word;
    } else this.#status |= STATUS.checksumFailed;
  }

  /** Sections 4.4 and 4.6: while there is no result, reading is not acknowledged. */
  #singleResult(): Uint8Array | undefined {
    const phase = this.#phase;
    if (phase.kind !== "single") return undefined;
    if (!phase.stretches && this.#clock.now() < phase.endsAt - SLACK_MS) return undefined;
    this.#phase = { kind: "idle" };
    return this.#measured(phase.endsAt);
  }

  #periodicResult(now: number): Uint8Array | undefined {
    const phase = this.#phase;
    if (phase.kind !== "periodic" || now < phase.firstAt - SLACK_MS) return undefined;
    const due = Math.floor((now - phase.firstAt + SLACK_MS) / phase.periodMs) + 1;
    if (due === phase.fetched) return undefined;
    phase.fetched = due;
    return this.#measured(phase.firstAt + (due - 1) * phase.periodMs);
  }

  #measured(at: number): Uint8Array {
    const { temperature, humidity } = this.#options.source(at - this.#poweredAt);
    return wordBytes(temperature, humidity);
  }

  #measurementMs(repeatability: "low" | "medium" | "high"): number {
    return MEASUREMENT_MS[this.#options.measurementTime ?? "maximum"][repeatability];
  }
}
