/**
 * Aosong DHT22, which is also AM2302: relative humidity and temperature over one line.
 *
 * Data sheet: "Digital relative humidity & temperature sensor AM2302/DHT22", Aosong (Guangzhou) Electronics; its times are in the table
 * "Single bus signal characteristics" of the "AM2302 Product Manual".
 */

import {
  type Channel,
  completeOptions,
  DriverError,
  type GpioLines,
  type Info,
  type InputOutputLine,
  type LineEdges,
  type OptionsOf,
  type SensorDriver,
  type Time,
} from "@busbar/guest";
import { decode, type Undecodable } from "./decoder.ts";

/** There are no options: resistor, active level and drive are the line's, in the board file. */
export const dht22Options = {};

/** What can be set: nothing. */
export type DHT22Options = OptionsOf<typeof dht22Options>;

/** One reading; a new object for each. */
export interface DHT22Sample {
  /** %RH, 0 to 99.9. */
  readonly humidity: number;
  /** °C, -40 to 80. */
  readonly temperature: number;
}

/** A value of a sample. */
export type DHT22Channel = Channel & { readonly label: keyof DHT22Sample };

/** "Tbe": the start signal is 0.8 to 20 ms. */
const START_MS = 2;
/** "Collecting period" should be more than 2 s. */
const PERIOD_MS = 2000;
/** An answer takes 5 ms at most; after so long without an edge it is over. */
const QUIET_MS = 20;
/** However many edges there are. */
const LONGEST_MS = 100;

const CHANNELS: readonly DHT22Channel[] = [
  { quantity: "temperature", label: "temperature", minimum: -40, maximum: 80, resolution: 0.1 },
  { quantity: "relative-humidity", label: "humidity", minimum: 0, maximum: 100, resolution: 0.1 },
];

/** What a person can do about it. */
const EXPLAINED: Readonly<Record<Undecodable, string>> = {
  silent: "does not answer; check the wiring, the resistor of the line, and the supply",
  missing:
    "answered, but edges of its line are missing: the kernel was too slow for them. Read again; where it happens often, the line's controller is not for it",
  "too-many": "answered with more edges than there are; check the wiring, and keep the line short",
  checksum: "answered with a sum that is wrong; read again",
};

/** The driver of one DHT22, on the line "data", which is in both directions, open-drain and active low. */
export class DHT22 implements SensorDriver<keyof DHT22Sample> {
  readonly info: Info = { vendor: "Aosong", model: "DHT22" };
  readonly channels: readonly DHT22Channel[] = CHANNELS;
  readonly #line: InputOutputLine;
  readonly #edges: LineEdges;
  readonly #time: Time;
  /** When the last reading began. */
  #begunMs = Number.NEGATIVE_INFINITY;

  /**
   * Takes the line. Nothing is sent: a part that is not there shows in the first reading.
   *
   * @throws DriverError `invalid-argument`; `access-denied` where the line is not granted in both directions; `unsupported` where it tells of
   *   no edges, as one that is not open-drain
   */
  constructor(lines: GpioLines, time: Time, options: Partial<DHT22Options> = {}) {
    completeOptions(dht22Options, options);
    this.#time = time;
    const input = lines.input("data");
    if (input.activeLevel !== "low") {
      throw DriverError.invalidArgument(
        'The line "data" rests high; set its "activeLevel" to "active-low" in the board file.',
      );
    }
    this.#line = lines.inputOutput("data");
    this.#edges = input.watch();
  }

  /**
   * Asks once, at the earliest 2 s after the last time, and tells what the part measured after it was asked before that.
   *
   * @throws DriverError `timeout` when it does not answer; `protocol` when the answer cannot be right; `bus`
   */
  read(): DHT22Sample {
    const restMs = Math.ceil(this.#begunMs + PERIOD_MS - this.#time.nowMs());
    if (restMs > 0) this.#time.waitMs(restMs);
    this.#begunMs = this.#time.nowMs();
    // What came after the last answer is none of this one.
    this.#edges.wait(0);
    this.#edges.lost();
    this.#line.set(true);
    try {
      this.#time.waitMs(START_MS);
    } finally {
      this.#line.set(false);
    }
    const answer = decode(this.#answer());
    if (typeof answer === "object") return answer;
    const message = `The DHT22 ${EXPLAINED[answer]}.`;
    throw answer === "silent" ? DriverError.timeout(message) : DriverError.protocol(message);
  }

  /** The part rests between readings by itself. */
  close(): void {}

  /** The times of all edges, until there are no more. */
  #answer(): number[] {
    const endMs = this.#time.nowMs() + LONGEST_MS;
    const times: number[] = [];
    for (;;) {
      const leftMs = Math.ceil(endMs - this.#time.nowMs());
      const came = leftMs > 0 ? this.#edges.wait(Math.min(QUIET_MS, leftMs)) : [];
      if (came.length === 0) return times;
      times.push(...came.map(({ timeMs }) => timeMs));
    }
  }
}
