/** MyThermometer: temperature. FILL IN: maker, part, and the data sheet's title and revision, here and in `info`. */

import {
  type Channel,
  completeOptions,
  type Delay,
  DriverError,
  hex,
  type I2cTarget,
  type OptionsOf,
  oneOf,
  Registers,
  type SensorDriver,
} from "@busbar/guest";
import { convertTemperature, RESOLUTION } from "./conversion.ts";
import { CONVERSION_MS, Control, ConversionRate, Register } from "./registers.ts";

/** The options, their defaults, and the settings of a board file: `rateHz` is "rate-hz" there. */
export const myThermometerOptions = {
  /** Conversions a second. */
  rateHz: oneOf([1, 4, 16], 4),
};

/** What can be set; see `myThermometerOptions`. */
export type MyThermometerOptions = OptionsOf<typeof myThermometerOptions>;

/** One reading; a new object for each. */
export interface MyThermometerSample {
  /** °C. */
  readonly temperature: number;
}

/** What the part measures, with the data sheet's range. FILL IN. */
const channels: readonly (Channel & { readonly label: keyof MyThermometerSample })[] = [
  { quantity: "temperature", label: "temperature", minimum: -40, maximum: 125, resolution: RESOLUTION },
];

/** The driver of one MyThermometer. */
export class MyThermometer implements SensorDriver<keyof MyThermometerSample> {
  readonly info = { vendor: "Me", model: "MyThermometer" };
  readonly channels = channels;

  readonly #registers: Registers;
  readonly #where: string;
  #closed = false;

  /**
   * Starts the part. It has nothing by which it could be told from another one: whatever acknowledges is taken for it.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `bus` from the part
   */
  constructor(target: I2cTarget, delay: Delay, options: Partial<MyThermometerOptions> = {}) {
    const { rateHz } = completeOptions(myThermometerOptions, options);
    this.#registers = new Registers(target);
    this.#where = `The MyThermometer at ${hex(target.address)}`;
    this.#registers.writeU8(Register.CONTROL, Control.ACTIVE | ConversionRate[rateHz]);
    delay.waitMs(CONVERSION_MS);
  }

  /**
   * The last result.
   *
   * @throws DriverError `bus`; `protocol` for what the part cannot measure; `disconnected` when it is closed
   */
  read(): MyThermometerSample {
    if (this.#closed) throw DriverError.disconnected(`${this.#where} is closed; open it again.`);
    const temperature = convertTemperature(this.#registers.readI16BE(Register.TEMPERATURE));
    for (const { minimum, maximum } of this.channels) {
      if (temperature >= minimum && temperature <= maximum) continue;
      throw DriverError.protocol(`${this.#where} reports ${temperature} °C, which it cannot measure.`);
    }
    return { temperature };
  }

  /** Puts the part to sleep if it still answers. Closing twice is legal. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#registers.writeU8(Register.CONTROL, 0);
    } catch (error) {
      // A part that is gone needs no sleep.
      if (!(error instanceof DriverError)) throw error;
    }
  }
}
