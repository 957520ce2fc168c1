/**
 * Sensirion SHT30, SHT31 and SHT35 (SHT3x-DIS): relative humidity and temperature.
 *
 * Data sheet: "SHT3x-DIS – Humidity and Temperature Sensor", version 7, December 2022.
 */

import {
  type Channel,
  completeOptions,
  type Delay,
  DriverError,
  flag,
  hex,
  type I2cTarget,
  type Info,
  type OptionsOf,
  oneOf,
  type SensorDriver,
} from "@busbar/guest";
import { ACCELERATED_RATE_HZ, BREAK_MS, Command, MeasurementMs, START_UP_MS, Status } from "./commands.ts";
import { convertHumidity, convertTemperature, RESOLUTION } from "./conversion.ts";
import { parseWords } from "./crc.ts";

/** The options, their defaults, and the settings of a board file. */
export const sht3xOptions = {
  /**
   * "single-shot": one measurement for each `read`, asleep between. "periodic": the part measures by itself, `rateHz`
   * times a second. "accelerated": the same four times a second with accelerated response time (4.7), for which there
   * is no `repeatability`.
   */
  mode: oneOf(["single-shot", "periodic", "accelerated"], "single-shot"),
  /** How well a measurement repeats: up to 4.5, 6.5 and 15.5 ms each (2.2, table 4). */
  repeatability: oneOf(["low", "medium", "high"], "high"),
  /** Measurements a second in periodic mode. With 10 the part warms itself (4.5). */
  rateHz: oneOf([0.5, 1, 2, 4, 10], 1),
  /** In single-shot mode: the part holds the clock, and so the bus, until the result is there. */
  clockStretching: flag(false),
  /** The heater is on while the device is open, to see that both values move (4.10). Single-shot mode only. */
  heater: flag(false),
};

/** What can be set; see `sht3xOptions`. */
export type SHT3xOptions = OptionsOf<typeof sht3xOptions>;

/** One reading; a new object for each. */
export interface SHT3xSample {
  /** °C. */
  readonly temperature: number;
  /** %RH, 0 to 100. */
  readonly humidity: number;
}

/** A value of a sample. */
export type SHT3xChannel = Channel & { readonly label: keyof SHT3xSample };

/** How often is asked for a result in the time between two measurements. */
const POLLS_A_PERIOD = 10;

/** How often is asked for the result of a measurement that takes longer than it may, up to twice the time. */
const POLLS_OVER_TIME = 4;

/** What words stand for (4.13): each comes with a checksum, so there are no other ones that a fault makes. */
const CHANNELS: readonly SHT3xChannel[] = [
  {
    quantity: "temperature",
    label: "temperature",
    minimum: -45,
    maximum: 130,
    resolution: RESOLUTION.temperature,
  },
  {
    quantity: "relative-humidity",
    label: "humidity",
    minimum: 0,
    maximum: 100,
    resolution: RESOLUTION.humidity,
  },
];

/** The driver of one SHT3x. */
export class SHT3x implements SensorDriver<keyof SHT3xSample> {
  /** The part does not tell whether it is an SHT30, SHT31 or SHT35. */
  readonly info: Info = { vendor: "Sensirion", model: "SHT3x" };
  readonly channels: readonly SHT3xChannel[] = CHANNELS;

  readonly #target: I2cTarget;
  readonly #delay: Delay;
  readonly #options: SHT3xOptions;
  readonly #where: string;
  #closed = false;

  /**
   * Resets, checks and configures the part.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `wrong-device`, `protocol` and `bus` from the part
   */
  constructor(target: I2cTarget, delay: Delay, options: Partial<SHT3xOptions> = {}) {
    this.#options = completeOptions(sht3xOptions, options);
    if (this.#options.heater && this.#options.mode !== "single-shot") {
      // Switching it off again when the driver closes would need a wait after the break.
      throw DriverError.invalidArgument(
        `The heater works in single-shot mode only; set mode to single-shot, or heater to false.`,
      );
    }
    this.#target = target;
    this.#delay = delay;
    this.#where = `The SHT3x at ${hex(target.address)}`;
    this.#reset();
    this.#identify();
    this.#configure();
  }

  /**
   * In single-shot mode measures once; otherwise waits for the next measurement, at most two periods.
   *
   * @throws DriverError `bus`; `timeout` when no measurement comes; `protocol` for a wrong checksum
   */
  read(): SHT3xSample {
    if (this.#closed) throw DriverError.disconnected(`${this.#where} is closed; open it again.`);
    const [S_T, S_RH] = this.#checked(
      this.#options.mode === "single-shot" ? this.#measure() : this.#awaitResult(),
    );
    return { temperature: convertTemperature(S_T!), humidity: convertHumidity(S_RH!) };
  }

  /** Ends periodic measurements and heating if the part still answers. Closing twice is legal. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (this.#options.mode !== "single-shot") this.#send(Command.BREAK);
      if (this.#options.heater) this.#send(Command.HEATER_DISABLE);
    } catch (error) {
      // A part that is gone needs no sleep.
      if (!(error instanceof DriverError)) throw error;
    }
  }

  /** Whatever state an earlier user left: a reset is taken only where no periodic measurement runs (4.9). */
  #reset(): void {
    // The part may have been powered, reset, or closed with a break, only just now.
    this.#delay.waitMs(START_UP_MS);
    this.#send(Command.BREAK);
    this.#delay.waitMs(BREAK_MS);
    this.#send(Command.SOFT_RESET);
    this.#delay.waitMs(START_UP_MS);
  }

  /** There is no id; but after a reset the status register says so, with a checksum and zeros around it (4.11). */
  #identify(): void {
    const status = this.#readStatus();
    if ((status & (Status.RESET_DETECTED | Status.RESERVED)) === Status.RESET_DETECTED) return;
    throw DriverError.wrongDevice(
      `Expected an SHT3x at ${hex(this.#target.address)}, but the status of the device there is ${hex(status, 4)}, ` +
        "which no SHT3x has after a reset; correct the address or the driver in the board file.",
    );
  }

  #configure(): void {
    const { mode, repeatability, rateHz, heater } = this.#options;
    this.#send(Command.CLEAR_STATUS);
    if (heater) this.#send(Command.HEATER_ENABLE);
    const expected = heater ? Status.HEATER : 0;
    const status = this.#readStatus();
    if ((status & (Status.HEATER | Status.RESET_DETECTED | Status.COMMAND_FAILED)) !== expected) {
      throw DriverError.protocol(
        `${this.#where} does not do what it is told, its status is ${hex(status, 4)}; check its supply, and open it again.`,
      );
    }
    if (mode === "single-shot") return;
    const periodic = Command.MEASURE_PERIODICALLY[rateHz][repeatability];
    this.#send(mode === "accelerated" ? Command.MEASURE_ACCELERATED : periodic);
    this.#delay.waitMs(this.#measurementMs());
  }

  /** One measurement in single-shot mode. */
  #measure(): Uint8Array {
    const { repeatability, clockStretching } = this.#options;
    const timeMs = this.#measurementMs();
    let refusal: unknown;
    try {
      if (clockStretching) return this.#query(Command.MEASURE_WITH_CLOCK_STRETCHING[repeatability], 6);
      this.#send(Command.MEASURE[repeatability]);
    } catch (error) {
      // A copy that cannot hold the clock refuses to be read, but measures.
      if (!clockStretching || !isRefusal(error)) throw error;
      refusal = error;
    }
    this.#delay.waitMs(timeMs);
    // Copies of the part need longer than the data sheet says, and refuse their address meanwhile.
    for (let asked = 0; asked <= POLLS_OVER_TIME; asked += 1) {
      if (asked > 0) this.#delay.waitMs(timeMs / POLLS_OVER_TIME);
      try {
        return this.#receive("the result of a measurement");
      } catch (error) {
        if (!isRefusal(error)) throw error;
        refusal ??= error;
      }
    }
    throw refusal;
  }

  /** The next result of periodic measurements, which there is once only (4.6). */
  #awaitResult(): Uint8Array {
    const periodMs =
      1000 / (this.#options.mode === "accelerated" ? ACCELERATED_RATE_HZ : this.#options.rateHz);
    for (let waitedMs = 0; ; waitedMs += periodMs / POLLS_A_PERIOD) {
      const result = this.#fetch();
      if (result !== undefined) return result;
      if (waitedMs >= 2 * periodMs) {
        throw DriverError.timeout(
          `${this.#where} does not finish measuring; check its supply, and open it again.`,
        );
      }
      this.#delay.waitMs(periodMs / POLLS_A_PERIOD);
    }
  }

  /**
   * The result of a periodic measurement; `undefined` while there is none: then the part acknowledges the command, but
   * not its address when it is read (4.6). In two transactions, because in one a part that is gone would look alike.
   */
  #fetch(): Uint8Array | undefined {
    this.#send(Command.FETCH_DATA);
    try {
      return this.#receive("the result of a periodic measurement");
    } catch (error) {
      if (isRefusal(error)) return undefined;
      throw error;
    }
  }

  /** Reading changes nothing of it: a garbled one is read again. */
  #readStatus(): number {
    const read = () => this.#query(Command.READ_STATUS, 3);
    const [status] = parseWords(read()) ?? this.#checked(read());
    return status!;
  }

  #checked(bytes: Uint8Array): number[] {
    const words = parseWords(bytes);
    if (words !== undefined) return words;
    throw DriverError.protocol(
      `${this.#where} sent data with a wrong checksum; if it happens again, check the wiring and that it is an SHT3x.`,
    );
  }

  /** With accelerated response time as long as the longest: the data sheet gives no time of its own. */
  #measurementMs(): number {
    const { mode, repeatability } = this.#options;
    return MeasurementMs[mode === "accelerated" ? "high" : repeatability];
  }

  #send(command: number): void {
    this.#located(`sending the command ${hex(command, 4)}`, () => this.#target.write(bytesOf(command)));
  }

  #query(command: number, length: number): Uint8Array {
    return this.#located(`reading ${length} bytes with the command ${hex(command, 4)}`, () =>
      this.#target.writeRead(bytesOf(command), length),
    );
  }

  /** The 6 bytes of a measurement. */
  #receive(what: string): Uint8Array {
    return this.#located(`reading ${what}`, () => this.#target.read(6));
  }

  /** The target knows only bytes: a bus fault's message becomes one about the command. */
  #located<Result>(doing: string, use: () => Result): Result {
    try {
      return use();
    } catch (error) {
      if (!(error instanceof DriverError) || error.payload.tag !== "bus") throw error;
      throw DriverError.bus(error.payload.val.kind, `${doing}, at ${hex(this.#target.address)}`, {
        cause: error,
      });
    }
  }
}

/** Whether the part did not acknowledge: it has no result yet. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof DriverError) || error.payload.tag !== "bus") return false;
  const { kind } = error.payload.val;
  return kind === "no-acknowledge-address" || kind === "no-acknowledge";
}

function bytesOf(command: number): Uint8Array {
  return Uint8Array.of(command >> 8, command & 0xff);
}
