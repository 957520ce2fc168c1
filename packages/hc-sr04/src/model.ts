import {
  defineGpioModel,
  type GpioPart,
  type MovingValue,
  movingValue,
  numberWithin,
  valueAt,
  type WireLevel,
} from "@busbar/model";
import * as v from "valibot";

/** What an {@link UltrasonicRanger} has before it. */
export interface UltrasonicRangerOptions {
  /** How far away something is, in metres; null where there is nothing. */
  readonly distance: MovingValue | null;
  /** The temperature of the air, in °C. */
  readonly airTemperature: number;
  /** Where it hears nothing: for how long ECHO is high then, in milliseconds. */
  readonly silenceMs: number;
}

/** TRIGGER has to be high for so long: "at least 10us high level signal" ("Working principle"). */
const shortestTriggerMs = 0.01;
/** Eight cycles of 40 kHz are sent first ("Timing diagram"), and a real module begins a quarter of a millisecond after TRIGGER. */
const burstMs = 0.25 + 8 / 40;

/** An HC-SR04: it sends a burst when TRIGGER has been high, and then ECHO is high for as long as the sound is on its way. */
export class UltrasonicRanger implements GpioPart {
  readonly #options: UltrasonicRangerOptions;
  readonly #beginMs: number;
  #triggeredMs: number | undefined;
  #echo: { readonly fromMs: number; readonly untilMs: number } | undefined;

  /** @param beginMs what a moving distance is counted from */
  constructor(options: UltrasonicRangerOptions, beginMs: number) {
    this.#options = options;
    this.#beginMs = beginMs;
  }

  level(line: string, atMs: number): WireLevel | undefined {
    if (line !== "echo") return undefined;
    const isHigh = this.#echo !== undefined && atMs >= this.#echo.fromMs && atMs < this.#echo.untilMs;
    return isHigh ? "high" : "low";
  }

  nextChange(line: string, atMs: number): number | undefined {
    if (line !== "echo" || this.#echo === undefined) return undefined;
    return [this.#echo.fromMs, this.#echo.untilMs].find((each) => each > atMs);
  }

  driven(line: string, level: WireLevel | undefined, atMs: number): void {
    if (line !== "trigger") return;
    if (level === "high") {
      this.#triggeredMs ??= atMs;
      return;
    }
    const highMs = this.#triggeredMs === undefined ? 0 : atMs - this.#triggeredMs;
    this.#triggeredMs = undefined;
    // While it listens it does not hear of another trigger.
    const isBusy = this.#echo !== undefined && atMs < this.#echo.untilMs;
    if (highMs < shortestTriggerMs || isBusy) return;
    const fromMs = atMs + burstMs;
    this.#echo = { fromMs, untilMs: fromMs + this.#onItsWayMs(atMs) };
  }

  #onItsWayMs(atMs: number): number {
    const { distance, airTemperature, silenceMs } = this.#options;
    if (distance === null) return silenceMs;
    // The square root of the absolute temperature: that of an ideal gas, and not the straight line that drivers count with.
    const speed = 331.3 * Math.sqrt(1 + airTemperature / 273.15);
    return ((2 * valueAt(distance, atMs - this.#beginMs)) / speed) * 1000;
  }
}

/** The parameters of the model "hc-sr04"; its output is what {@link UltrasonicRanger} takes. */
const parameters = v.strictObject({
  distance: v.optional(v.nullable(movingValue(0.001, 10)), 1),
  airTemperature: v.optional(numberWithin(-40, 80), 20),
  silenceMs: v.optional(numberWithin(30, 1000), 38),
}) satisfies v.GenericSchema<unknown, UltrasonicRangerOptions>;

/** The model "hc-sr04" of the board file. */
export default defineGpioModel(
  ["trigger", "echo"],
  parameters,
  (options, clock) => new UltrasonicRanger(options, clock.now()),
);
