/** MySensor: temperature. FILL IN: maker, part, and the data sheet's title and revision, here and in `info`. */

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
import { CONVERSION_MS, Control, ConversionRate, IDENTITY, Register } from "./registers.ts";

/** The options, their defaults, and the settings of a board file: `rateHz` is "rate-hz" there. */
export const mySensorOptions = {
  /** Conversions a second. */
  rateHz: oneOf([1, 4, 16], 4),
};

/** What can be set; see `mySensorOptions`. */
export type MySensorOptions = OptionsOf<typeof mySensorOptions>;

/** One reading; a new object for each. */
export interface MySensorSample {
  /** °C. */
  readonly temperature: number;
}

/** What the part measures, with the data sheet's range. FILL IN. */
const channels: readonly (Channel & { readonly label: keyof MySensorSample })[] = [
  { quantity: "temperature", label: "temperature", minimum: -40, maximum: 125, resolution: RESOLUTION },
];

/** The driver of one MySensor. */
export class MySensor implements SensorDriver<keyof MySensorSample> {
  readonly info = { vendor: "Me", model: "MySensor" };
  readonly channels = channels;

  readonly #registers: Registers;
  readonly #where: string;
  #closed = false;

  /**
   * Checks that the part is the right one, and starts it.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `wrong-device` and `bus` from the part
   */
  constructor(target: I2cTarget, delay: Delay, options: Partial<MySensorOptions> = {}) {
    const { rateHz } = completeOptions(mySensorOptions, options);
    this.#registers = new Registers(target);
    this.#where = `The MySensor at ${hex(target.address)}`;

    const identity = this.#registers.readU8(Register.WHO_AM_I);
    if (identity !== IDENTITY) {
      throw DriverError.wrongDevice(
        `Expected a MySensor at ${hex(target.address)}, but the device there identifies itself as ` +
          `${hex(identity)}; correct the address or the driver in the board file.`,
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
  read(): MySensorSample {
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
