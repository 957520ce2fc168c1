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

/** What a {@link ParticleCounter} counts. */
export interface ParticleCounterOptions {
  /** Of all particles up to 1.0, 2.5 and 10 µm, in µg/m³ of air. */
  readonly pm1: MovingValue;
  readonly pm25: MovingValue;
  readonly pm10: MovingValue;
  /** How many of the "standard particle" are told for one of the air: above 30 µg/m³ a real part tells half as much more. */
  readonly standardFactor: number;
  /** Particles beyond 0.3, 0.5, 1.0, 2.5, 5.0 and 10 µm, in 0.1 litre of air. */
  readonly numbers: readonly number[];
  /** Between two frames, in milliseconds ("stable mode ... 2.3s", "fast mode ... 200~800ms"). */
  readonly intervalMs: number;
}

/** A PMS5003: a frame at each interval while it is active, and one for each question while it is not. */
export class ParticleCounter implements UartPart {
  readonly form = usualUartForm;
  readonly #options: ParticleCounterOptions;
  readonly #beginMs: number;
  #isActive = true;
  #isAwake = true;
  #frameMs: number;
  #heard: number[] = [];
  /** Answers, and frames that were asked for. */
  readonly #answers: { readonly bytes: Uint8Array; readonly atMs: number }[] = [];

  /** @param beginMs when it got its power: it is awake, and active */
  constructor(options: ParticleCounterOptions, beginMs: number) {
    this.#options = options;
    this.#beginMs = beginMs;
    this.#frameMs = beginMs + options.intervalMs;
  }

  /** Whether its fan runs. */
  get isAwake(): boolean {
    return this.#isAwake;
  }

  /** Whether it sends by itself. */
  get isActive(): boolean {
    return this.#isActive;
  }

  get nextMs(): number | undefined {
    const frameMs = this.#isActive && this.#isAwake ? this.#frameMs : undefined;
    const times = [frameMs, this.#answers[0]?.atMs].filter((each) => each !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  send(): Uint8Array {
    const atMs = this.nextMs!;
    if (this.#answers[0]?.atMs === atMs) return this.#answers.shift()!.bytes;
    this.#frameMs = atMs + this.#options.intervalMs;
    return this.#frame(atMs);
  }

  receive(byte: number, atMs: number): void {
    const expected = [0x42, 0x4d][this.#heard.length];
    if (expected !== undefined && byte !== expected) {
      this.#heard = byte === 0x42 ? [byte] : [];
      return;
    }
    this.#heard.push(byte);
    if (this.#heard.length < 7) return;
    const [, , command, , data] = this.#heard;
    const sum = this.#heard.slice(0, 5).reduce((total, each) => total + each, 0);
    const isRight = sum === this.#heard[5]! * 256 + this.#heard[6]!;
    this.#heard = [];
    if (isRight) this.#obey(command!, data!, atMs);
  }

  #obey(command: number, data: number, atMs: number): void {
    switch (command) {
      case 0xe1:
        this.#isActive = data === 1;
        this.#frameMs = atMs + this.#options.intervalMs;
        break;
      case 0xe2:
        if (!this.#isActive && this.#isAwake) this.#answers.push({ bytes: this.#frame(atMs), atMs });
        return;
      case 0xe4:
        this.#isAwake = data === 1;
        this.#frameMs = atMs + this.#options.intervalMs;
        break;
      default:
        return;
    }
    this.#answers.push({ bytes: withCheck([0x42, 0x4d, 0x00, 0x04, command, data]), atMs });
  }

  #frame(atMs: number): Uint8Array {
    const { pm1, pm25, pm10, standardFactor, numbers } = this.#options;
    const air = [pm1, pm25, pm10].map((each) => Math.round(valueAt(each, atMs - this.#beginMs)));
    const standard = air.map((each) => Math.round(each * standardFactor));
    // The last value: version 0x97, no error.
    const values = [...standard, ...air, ...numbers, 0x9700];
    return withCheck([0x42, 0x4d, 0x00, 0x1c, ...values.flatMap((each) => [each >> 8, each & 0xff])]);
  }
}

function withCheck(bytes: readonly number[]): Uint8Array {
  let sum = 0;
  for (const byte of bytes) sum += byte;
  return Uint8Array.of(...bytes, sum >> 8, sum & 0xff);
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff));

/** The parameters of the model "pms5003"; its output is what {@link ParticleCounter} takes. */
const parameters = v.strictObject({
  pm1: v.optional(movingValue(0, 20_000), 5),
  pm25: v.optional(movingValue(0, 20_000), 8),
  pm10: v.optional(movingValue(0, 20_000), 9),
  standardFactor: v.optional(numberWithin(1, 3), 1),
  numbers: v.optional(v.pipe(v.array(count), v.length(6)), [1200, 340, 55, 6, 2, 1]),
  intervalMs: v.optional(numberWithin(200, 2300), 2300),
}) satisfies v.GenericSchema<unknown, ParticleCounterOptions>;

/** The model "pms5003" of the board file. */
export default defineUartModel(parameters, (options, clock) => new ParticleCounter(options, clock.now()));
