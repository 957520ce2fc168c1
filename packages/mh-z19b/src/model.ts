import {
  defineUartModel,
  type MovingValue,
  movingValue,
  numberWithin,
  type UartPart,
  usualUartForm,
  valueAt,
} from "@busbar/model";
import * as v from "valibot";

/** What an {@link InfraredCo2} measures, and how it is set from the factory. */
export interface InfraredCo2Options {
  /** In ppm. */
  readonly concentration: MovingValue;
  /** What it can measure at most until it is told otherwise, in ppm. */
  readonly range: number;
  /** How long it takes from a command to its answer, in milliseconds. */
  readonly answerMs: number;
}

/** What it gives while it is cold, for three minutes ("Preheat time: 3 min"): the outdoor air, which is its zero point. */
const coldPpm = 410;
const coldMs = 180_000;

/** An MH-Z19B: nine bytes in, and for one of the commands nine bytes out. It has power from its beginning on. */
export class InfraredCo2 implements UartPart {
  readonly form = usualUartForm;
  readonly #options: InfraredCo2Options;
  readonly #beginMs: number;
  readonly #isWarm: boolean;
  #range: number;
  #selfCalibration = true;
  #heard: number[] = [];
  #answer: { readonly bytes: Uint8Array; readonly atMs: number } | undefined;

  /**
   * @param beginMs when it got its power
   * @param isWarm whether it had it long before that
   */
  constructor(options: InfraredCo2Options, beginMs: number, isWarm = true) {
    this.#options = options;
    this.#beginMs = beginMs;
    this.#isWarm = isWarm;
    this.#range = options.range;
  }

  /** In ppm. */
  get range(): number {
    return this.#range;
  }

  /** Whether its zero point follows the lowest concentration of each day. */
  get selfCalibration(): boolean {
    return this.#selfCalibration;
  }

  get nextMs(): number | undefined {
    return this.#answer?.atMs;
  }

  send(): Uint8Array {
    const { bytes } = this.#answer!;
    this.#answer = undefined;
    return bytes;
  }

  receive(byte: number, atMs: number): void {
    // A command begins with 0xFF, wherever that is.
    if (this.#heard.length === 0 && byte !== 0xff) return;
    this.#heard.push(byte);
    if (this.#heard.length < 9) return;
    const [, sensor, command, ...rest] = this.#heard as [number, number, number, ...number[]];
    // All bytes but the first are 256, or a multiple of it, together.
    const total = this.#heard.reduce((sum, each) => sum + each, 0) - 0xff;
    this.#heard = [];
    if (sensor === 1 && total % 256 === 0) this.#obey(command, rest, atMs);
  }

  #obey(command: number, data: readonly number[], atMs: number): void {
    if (command === 0x79) this.#selfCalibration = data[0] === 0xa0;
    if (command === 0x99) this.#range = data.slice(1, 5).reduce((sum, byte) => sum * 256 + byte, 0);
    if (command !== 0x86) return;
    const ppm = this.#measured(atMs);
    const bytes = Uint8Array.of(0xff, 0x86, Math.floor(ppm / 256), ppm % 256, 0, 0, 0, 0, 0);
    bytes[8] = 256 - ((bytes[1]! + bytes[2]! + bytes[3]!) % 256);
    this.#answer = { bytes, atMs: atMs + this.#options.answerMs };
  }

  #measured(atMs: number): number {
    const elapsedMs = atMs - this.#beginMs;
    if (!this.#isWarm && elapsedMs < coldMs) return coldPpm;
    return Math.min(Math.round(valueAt(this.#options.concentration, elapsedMs)), this.#range);
  }
}

/** The parameters of the model "mh-z19b". */
const parameters = v.strictObject({
  co2: v.optional(movingValue(0, 10_000), 600),
  range: v.optional(v.picklist([2000, 5000, 10_000]), 5000),
  answerMs: v.optional(numberWithin(0, 10_000), 20),
  warm: v.optional(v.boolean(), true),
});

/** The model "mh-z19b" of the board file. */
export default defineUartModel(
  parameters,
  ({ co2, warm, ...options }, clock) =>
    new InfraredCo2({ concentration: co2, ...options }, clock.now(), warm),
);
