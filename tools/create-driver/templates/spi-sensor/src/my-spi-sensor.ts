/** MySpiSensor: temperature. FILL IN: maker, part, and the data sheet's title and revision, here and in `info`. */

import {
  type Channel,
  completeOptions,
  type Delay,
  DriverError,
  hex,
  type OptionsOf,
  oneOf,
  Registers,
  type RegisterTarget,
  type SensorDriver,
} from "@busbar/guest";
import { convertTemperature, RESOLUTION } from "./conversion.ts";
import { CONVERSION_MS, Control, ConversionRate, IDENTITY, Register } from "./registers.ts";

/** The options, their defaults, and the settings of a board file: `rateHz` is "rate-hz" there. */
export const mySpiSensorOptions = {
  /** Conversions a second. */
  rateHz: oneOf([1, 4, 16], 4),
};

/** What can be set; see `mySpiSensorOptions`. */
export type MySpiSensorOptions = OptionsOf<typeof mySpiSensorOptions>;

/** One reading; a new object for each. */
export interface MySpiSensorSample {
  /** °C. */
  readonly temperature: number;
}

/** What the part measures, with the data sheet's range. FILL IN. */
const channels: readonly (Channel & { readonly label: keyof MySpiSensorSample })[] = [
  { quantity: "temperature", label: "temperature", minimum: -40, maximum: 125, resolution: RESOLUTION },
];

/** The driver of one MySpiSensor. */
export class MySpiSensor implements SensorDriver<keyof MySpiSensorSample> {
  readonly info = { vendor: "Me", model: "MySpiSensor" };
  readonly channels = channels;

  readonly #registers: Registers;
  #closed = false;

  /**
   * Checks that the part is the right one, and starts it.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `wrong-device` and `bus` from the part
   */
  constructor(target: RegisterTarget, delay: Delay, options: Partial<MySpiSensorOptions> = {}) {
    const { rateHz } = completeOptions(mySpiSensorOptions, options);
    this.#registers = new Registers(target);
    const identity = this.#registers.readU8(Register.WHO_AM_I);
    if (identity !== IDENTITY) {
      throw DriverError.wrongDevice(
        `Expected a MySpiSensor, but the device there identifies itself as ${hex(identity)}; ` +
          "correct the chip select or the driver in the board file.",
      );
    }
    this.#registers.writeU8(Register.CONTROL, Control.ACTIVE | ConversionRate[rateHz]);
    delay.waitMs(CONVERSION_MS);
  }

  /**
   * The last result.
   *
   * @throws DriverError `bus`; `protocol` for what the part cannot measure; `disconnected` when it is closed
   */
  read(): MySpiSensorSample {
    if (this.#closed) throw DriverError.disconnected(`The ${this.info.model} is closed; open it again.`);
    const temperature = convertTemperature(this.#registers.readI16BE(Register.TEMPERATURE));
    for (const { minimum, maximum } of this.channels) {
      if (temperature >= minimum && temperature <= maximum) continue;
      throw DriverError.protocol(
        `The ${this.info.model} reports ${temperature} °C, which it cannot measure.`,
      );
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
