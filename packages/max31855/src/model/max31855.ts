import type { ModelClock, SpiTarget } from "@busbar/model";

/** What is wrong with a simulated thermocouple. */
export type Max31855Fault = "open" | "ground" | "supply";

/** One simulated chip. */
export interface Max31855Options {
  /** What it measures, in steps of 1/4 °C, `elapsedMs` after it was powered: a whole number, -8192 to 8191. */
  readonly thermocouple: (elapsedMs: number) => number;
  /** Its own temperature, in steps of 1/16 °C: a whole number, -2048 to 2047. */
  readonly internal: (elapsedMs: number) => number;
  /** What is wrong with the thermocouple; nothing where left out. */
  readonly fault?: Max31855Fault | undefined;
  /** How long a conversion takes. Default: `maximum`, so that a driver that waits too short a time reads an old value. */
  readonly conversionTime?: "typical" | "maximum";
}

/** 19-5793, "Serial-Interface Timing Characteristics", in milliseconds. */
const POWER_UP_MS = 200;
const CONVERSION_MS = { typical: 70, maximum: 100 } as const;
/** Table 2: places of the bits from D31 on. */
const FAULT_PLACES = { supply: 29, ground: 30, open: 31 } as const;
const FAULT_PLACE = 15;

/** Times that differ by less than this are the same: sums of fractions of a millisecond are not exact. */
const SLACK_MS = 1e-6;

/**
 * Maxim MAX31855, from 19-5793. Powered when it is made. It converts while it is not selected; selecting it ends a conversion that
 * runs, and a new one begins afterwards ("Serial Interface"). Before the first one it reads all zeros.
 */
export class Max31855 implements SpiTarget {
  readonly #options: Max31855Options;
  readonly #clock: ModelClock;
  readonly #poweredAt: number;
  /** The last result, D31 first. */
  #frame: readonly number[] = Array(32).fill(0);
  /** When the conversion that runs will be done. */
  #doneAt: number;
  /** Bits that were clocked out since it was selected. */
  #clocked = 0;

  constructor(options: Max31855Options, clock: ModelClock) {
    this.#options = options;
    this.#clock = clock;
    this.#poweredAt = clock.now();
    this.#doneAt = this.#poweredAt + POWER_UP_MS;
  }

  select(): void {
    if (this.#clock.now() >= this.#doneAt - SLACK_MS) this.#convert();
    this.#clocked = 0;
  }

  /** It has no input: what is sent does not matter. After D0 it sends zeros. */
  transfer(): number {
    let byte = 0;
    for (let bit = 0; bit < 8; bit++) {
      byte = byte * 2 + this.output;
      this.clock();
    }
    return byte;
  }

  /** The level of SO: 0 or 1. D31 is there as soon as it is selected. */
  get output(): number {
    return this.#frame[this.#clocked] ?? 0;
  }

  /** One clock, after which the next bit is there. */
  clock(): void {
    this.#clocked += 1;
  }

  release(): void {
    this.#doneAt = this.#clock.now() + CONVERSION_MS[this.#options.conversionTime ?? "maximum"];
  }

  /** One after the other while it is left alone: the last of them counts. */
  #convert(): void {
    const periodMs = CONVERSION_MS[this.#options.conversionTime ?? "maximum"];
    const more = Math.floor((this.#clock.now() + SLACK_MS - this.#doneAt) / periodMs);
    const elapsedMs = this.#doneAt + more * periodMs - this.#poweredAt;
    const { thermocouple, internal, fault } = this.#options;
    const frame = [
      ...bitsOf(thermocouple(elapsedMs), 14),
      0,
      0,
      ...bitsOf(internal(elapsedMs), 12),
      0,
      0,
      0,
      0,
    ];
    if (fault !== undefined) {
      frame[FAULT_PLACE] = 1;
      frame[FAULT_PLACES[fault]] = 1;
    }
    this.#frame = frame;
  }
}

/** Two's complement, most significant bit first. */
function bitsOf(value: number, bits: number): number[] {
  const unsigned = value < 0 ? value + 2 ** bits : value;
  return Array.from({ length: bits }, (_, index) => Math.floor(unsigned / 2 ** (bits - 1 - index)) % 2);
}
