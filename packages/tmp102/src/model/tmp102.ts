import type { I2cDirection, I2cTarget, ModelClock } from "@busbar/model";
import { Alert } from "./alert.ts";

/** Which column of the datasheet's conversion time a simulated chip keeps to. */
export type Tmp102ConversionTime = "typical" | "maximum";

/** One simulated chip. */
export interface Tmp102Options {
  /** What it measures, in steps of 1/16 °C, `elapsedMs` after it was powered: a whole number, -4096 to 4095. */
  readonly source: (elapsedMs: number) => number;
  /** Default: `maximum`, so that a driver that waits too short a time reads an old value. */
  readonly conversionTime?: Tmp102ConversionTime;
}

/** SBOS397, "Pointer Register". */
const POINTER = { temperature: 0, configuration: 1, low: 2, high: 3 } as const;

/** "Configuration Register", with the contents after power-up. */
const CONFIGURATION_AFTER_POWER_UP = 0x60a0;
const ONE_SHOT = 0x8000;
const POLARITY = 0x0400;
const SHUTDOWN = 0x0100;
const ALERT = 0x0020;
const EXTENDED = 0x0010;
/** What a write changes: not OS, which is a command, R1 and R0, AL, and the lowest four. */
const WRITABLE = 0x1fd0;

/** "High- and Low-Limit Registers": 75 and 80 °C. */
const LOW_AFTER_POWER_UP = 0x4b00;
const HIGH_AFTER_POWER_UP = 0x5000;

/** "Electrical Characteristics", in milliseconds. */
const CONVERSION_MS = { typical: 26, maximum: 35 } as const;
/** "Conversion Rate": the time from one conversion to the next by CR1 and CR0, in milliseconds. */
const PERIOD_MS = [4000, 1000, 250, 125] as const;
/** "Fault Queue": how many results in a row by F1 and F0. */
const QUEUE = [1, 2, 4, 6] as const;

/** Missed conversions that can still matter: two full fault queues. */
const ALERT_HISTORY = 12;

/** Times that differ by less than this are the same: sums of fractions of a millisecond are not exact. */
const SLACK_MS = 1e-6;

/** What the chip is doing; times are the clock's. */
type Phase =
  | { readonly kind: "shutdown" }
  | { readonly kind: "single"; readonly endsAt: number }
  | { readonly kind: "continuous"; readonly firstAt: number; readonly periodMs: number; done: number };

/**
 * TI TMP102, from SBOS397. Powered when it is made: it converts four times a second. It lives by `ModelClock.now()`.
 *
 * What the datasheet leaves open: a new rate begins a new conversion; a new format is that of the last result at once,
 * which Linux's driver relies on. The ALERT pin itself is not simulated, the bit AL is; it does not depend on the
 * thermostat mode.
 */
export class Tmp102 implements I2cTarget {
  readonly #options: Tmp102Options;
  readonly #clock: ModelClock;
  readonly #poweredAt: number;
  readonly #alert = new Alert();
  #phase: Phase;
  /** The last result, in steps of 1/16 °C; 0 °C before the first. */
  #result = 0;
  #configuration = CONFIGURATION_AFTER_POWER_UP & WRITABLE;
  readonly #limits = { low: LOW_AFTER_POWER_UP, high: HIGH_AFTER_POWER_UP };
  /** Whether a single conversion was done since shutdown: then OS reads 1. */
  #ready = false;
  #pointer = 0;
  /** Bytes of this message so far. */
  #offset = 0;

  constructor(options: Tmp102Options, clock: ModelClock) {
    this.#options = options;
    this.#clock = clock;
    this.#poweredAt = clock.now();
    this.#phase = this.#continuous(this.#poweredAt);
  }

  /** Time stands still during a message. */
  start(direction: I2cDirection): boolean {
    this.#offset = direction === "write" ? -1 : 0;
    this.#advance();
    return true;
  }

  write(byte: number): boolean {
    if (this.#offset === -1) this.#pointer = byte & 0b11;
    else if (this.#offset < 2) this.#writeByte(this.#offset, byte);
    this.#offset += 1;
    return true;
  }

  read(): number {
    const content = this.#content();
    const byte = this.#offset % 2 === 0 ? content >> 8 : content & 0xff;
    this.#offset += 1;
    return byte;
  }

  stop(): void {}

  #content(): number {
    if (this.#pointer === POINTER.temperature) return this.#formatted();
    if (this.#pointer === POINTER.low) return this.#limits.low;
    if (this.#pointer === POINTER.high) return this.#limits.high;
    const alertBit = this.#alert.active === ((this.#configuration & POLARITY) !== 0) ? ALERT : 0;
    return this.#configuration | 0x6000 | alertBit | (this.#ready ? ONE_SHOT : 0);
  }

  /** "All registers are updated byte by byte." */
  #writeByte(offset: number, byte: number): void {
    const shift = offset === 0 ? 8 : 0;
    const merge = (content: number) => (content & (0xff00 >> shift)) | (byte << shift);
    if (this.#pointer === POINTER.low) this.#limits.low = merge(this.#limits.low);
    if (this.#pointer === POINTER.high) this.#limits.high = merge(this.#limits.high);
    if (this.#pointer === POINTER.configuration) this.#configure(merge(this.#configuration));
  }

  #configure(content: number): void {
    const before = this.#configuration;
    const now = this.#clock.now();
    this.#configuration = content & WRITABLE;
    if ((content & SHUTDOWN) === 0) {
      const rateChanged = ((before ^ content) & 0x00c0) !== 0;
      if (this.#phase.kind !== "continuous" || rateChanged) this.#phase = this.#continuous(now);
      this.#ready = false;
      return;
    }
    if (this.#phase.kind === "continuous") this.#phase = this.#finishConversion(this.#phase, now);
    if ((content & ONE_SHOT) !== 0 && this.#phase.kind !== "single") {
      this.#phase = { kind: "single", endsAt: now + this.#conversionMs() };
      this.#ready = false;
    }
  }

  #continuous(now: number): Phase {
    const periodMs = PERIOD_MS[(this.#configuration >> 6) & 0b11]!;
    return { kind: "continuous", firstAt: now + this.#conversionMs(), periodMs, done: 0 };
  }

  /** "Shutdown Mode": a conversion that runs is finished first. */
  #finishConversion({ firstAt, periodMs, done }: Phase & { kind: "continuous" }, now: number): Phase {
    const nextEnd = firstAt + done * periodMs;
    return nextEnd - this.#conversionMs() <= now + SLACK_MS
      ? { kind: "single", endsAt: nextEnd }
      : { kind: "shutdown" };
  }

  /** Does what fell due until now. */
  #advance(): void {
    const now = this.#clock.now();
    const phase = this.#phase;
    if (phase.kind === "single" && now >= phase.endsAt - SLACK_MS) {
      this.#convert(phase.endsAt);
      this.#phase = { kind: "shutdown" };
      this.#ready = true;
    }
    if (phase.kind === "continuous" && now >= phase.firstAt - SLACK_MS) {
      const due = Math.floor((now - phase.firstAt + SLACK_MS) / phase.periodMs) + 1;
      for (let index = Math.max(phase.done, due - ALERT_HISTORY); index < due; index++) {
        this.#convert(phase.firstAt + index * phase.periodMs);
      }
      phase.done = due;
    }
  }

  /** One conversion, complete at the time `at`: compared with the limits, which are in the same format. */
  #convert(at: number): void {
    this.#result = this.#options.source(at - this.#poweredAt);
    const { bits, largest } = this.#format();
    const limit = (content: number) => {
      const unsigned = Math.floor(content / 2 ** (16 - bits));
      return unsigned > largest ? unsigned - 2 ** bits : unsigned;
    };
    const queue = QUEUE[(this.#configuration >> 11) & 0b11]!;
    this.#alert.compare(this.#result, limit(this.#limits.low), limit(this.#limits.high), queue);
  }

  /** "Temperature Register", "Extended Mode": left-aligned; bit 0 tells the format. */
  #formatted(): number {
    const { bits, largest, marker } = this.#format();
    const value = Math.min(largest, Math.max(-largest - 1, this.#result));
    const twosComplement = value < 0 ? value + 2 ** bits : value;
    return twosComplement * 2 ** (16 - bits) + marker;
  }

  #format(): { readonly bits: number; readonly largest: number; readonly marker: number } {
    const extended = (this.#configuration & EXTENDED) !== 0;
    return extended ? { bits: 13, largest: 0x0fff, marker: 1 } : { bits: 12, largest: 0x07ff, marker: 0 };
  }

  #conversionMs(): number {
    return CONVERSION_MS[this.#options.conversionTime ?? "maximum"];
  }
}
