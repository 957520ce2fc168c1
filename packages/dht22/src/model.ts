import {
  defineGpioModel,
  type GpioPart,
  type MovingValue,
  movingValue,
  numberWithin,
  Timeline,
  valueAt,
  type WireLevel,
} from "@busbar/model";
import * as v from "valibot";

/** What a {@link SingleBusSensor} is in. */
export interface SingleBusSensorOptions {
  /** °C. */
  readonly temperature: MovingValue;
  /** %RH. */
  readonly humidity: MovingValue;
  /** By how much the sum of an answer is wrong: 0 for one that is right. */
  readonly sumError: number;
  /** Pulses that are shorter are not there, as for a controller that is too slow for them; in microseconds. */
  readonly shortestPulseUs: number;
}

/** The times of the data sheet's table "Single bus signal characteristics", typical, in milliseconds. */
const SHORTEST_START_MS = 0.8;
const GO_MS = 0.03;
const RESPONSE_MS = 0.08;
const LOW_MS = 0.05;
const ZERO_MS = 0.026;
const ONE_MS = 0.07;
/** "Collecting period" is more than 2 s: asked sooner it does not answer here, so that no driver relies on it. */
const PERIOD_MS = 2000;

/** A DHT22: asked by a low of a millisecond, it answers with what it measured when it was asked before, and measures anew. */
export class SingleBusSensor implements GpioPart {
  readonly #options: SingleBusSensorOptions;
  readonly #beginMs: number;
  #lowSinceMs: number | undefined;
  #answeredMs = Number.NEGATIVE_INFINITY;
  #measuredMs: number;
  #answer: Timeline<WireLevel | undefined> = new Timeline<WireLevel | undefined>(0, undefined, []);

  /** @param beginMs what moving values are counted from */
  constructor(options: SingleBusSensorOptions, beginMs: number) {
    this.#options = options;
    this.#beginMs = beginMs;
    this.#measuredMs = beginMs;
  }

  level(_line: string, atMs: number): WireLevel | undefined {
    return this.#answer.level(atMs);
  }

  nextChange(_line: string, atMs: number): number | undefined {
    return this.#answer.nextChange(atMs);
  }

  driven(_line: string, level: WireLevel | undefined, atMs: number): void {
    if (level === "low") {
      this.#lowSinceMs = atMs;
      return;
    }
    const lowMs = this.#lowSinceMs === undefined ? 0 : atMs - this.#lowSinceMs;
    this.#lowSinceMs = undefined;
    // A line that is driven high cannot be answered on.
    if (level === "high" || lowMs < SHORTEST_START_MS || atMs < this.#answeredMs + PERIOD_MS) return;
    this.#answeredMs = atMs;
    this.#answer = new Timeline<WireLevel | undefined>(atMs, undefined, this.#pulses(this.#bytes()));
    this.#measuredMs = atMs;
  }

  /** What it measured. Tenths as decimal digits, the sign beside them, so that the arithmetic is not the driver's. */
  #bytes(): number[] {
    const { temperature, humidity, sumError } = this.#options;
    const elapsedMs = this.#measuredMs - this.#beginMs;
    const tenths = (value: number) => Number(Math.abs(value).toFixed(1).replace(".", ""));
    const degrees = valueAt(temperature, elapsedMs);
    const words = [tenths(valueAt(humidity, elapsedMs)), tenths(degrees) + (degrees < 0 ? 32_768 : 0)];
    const bytes = words.flatMap((word) => [Math.floor(word / 256), word % 256]);
    return [...bytes, (bytes.reduce((sum, byte) => sum + byte, 0) + sumError) % 256];
  }

  #pulses(bytes: readonly number[]): [number, WireLevel | undefined][] {
    const pulses: [lowMs: number, highMs: number][] = [[RESPONSE_MS, RESPONSE_MS]];
    for (const bit of bytes.map((byte) => byte.toString(2).padStart(8, "0")).join("")) {
      pulses.push([LOW_MS, bit === "1" ? ONE_MS : ZERO_MS]);
    }
    pulses.push([LOW_MS, Number.POSITIVE_INFINITY]);
    const changes: [number, WireLevel | undefined][] = [];
    let atMs = GO_MS;
    for (const [lowMs, highMs] of pulses) {
      changes.push([atMs, "low"]);
      atMs += lowMs;
      // A high that nobody sees: the low goes on.
      if (highMs * 1000 >= this.#options.shortestPulseUs) changes.push([atMs, undefined]);
      atMs += highMs;
    }
    // A line that is low already does not become low.
    return changes.filter(([, level], index) => level !== changes[index - 1]?.[1] || index === 0);
  }
}

/** The parameters of the model "dht22"; its output is what {@link SingleBusSensor} takes. */
const parameters = v.strictObject({
  temperature: v.optional(movingValue(-40, 80), 22),
  humidity: v.optional(movingValue(0, 99.9), 45),
  sumError: v.optional(numberWithin(0, 255), 0),
  shortestPulseUs: v.optional(numberWithin(0, 100), 0),
}) satisfies v.GenericSchema<unknown, SingleBusSensorOptions>;

/** The model "dht22" of the board file. */
export default defineGpioModel(
  ["data"],
  parameters,
  (options, clock) => new SingleBusSensor(options, clock.now()),
);
