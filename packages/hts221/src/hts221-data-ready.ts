/** STMicroelectronics HTS221 with its pin DRDY on a line: it measures by itself, and says when. `./part.ts` names the data sheet. */

import {
  completeOptions,
  DataReady,
  type Delay,
  DriverError,
  flag,
  type GpioLines,
  type I2cTarget,
  type OptionsOf,
  oneOf,
  type SensorDriver,
  type Time,
} from "@busbar/guest";
import { CHANNELS, type HTS221Channel, HTS221Part, type HTS221Sample, INFO, partOptions } from "./part.ts";
import { CtrlReg3, OutputDataRate } from "./registers.ts";

/** The options, their defaults, and the settings of a board file. */
export const hts221DataReadyOptions = {
  /** Measurements a second. */
  rateHz: oneOf([1, 7, 12.5], 1),
  /** Whether DRDY only pulls down, and a resistor pulls up: for a line that several parts share (7.5). */
  openDrain: flag(false),
  ...partOptions,
};

/** What can be set; see `hts221DataReadyOptions`. */
export type HTS221DataReadyOptions = OptionsOf<typeof hts221DataReadyOptions>;

/** How many periods a measurement may take to come: the data sheet gives no tolerance of the rate. */
const PERIODS_LIMIT = 2;

/** The driver of one HTS221 with the input "data-ready". Nothing is polled: a reading waits for the edge of the line. */
export class HTS221DataReady implements SensorDriver<keyof HTS221Sample> {
  readonly info = INFO;
  readonly channels: readonly HTS221Channel[] = CHANNELS;

  readonly #part: HTS221Part;
  readonly #ready: DataReady;
  readonly #limitMs: number;
  /** Whether an output may be half read, and so keep what it was then (7.3, BDU). */
  #leftover = false;

  /**
   * Finds, boots, configures and starts the part.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `access-denied` and `unsupported` from the line; `wrong-device`,
   *   `protocol`, `timeout` and `bus` from the part
   */
  constructor(
    target: I2cTarget,
    delay: Delay,
    lines: GpioLines,
    time: Time,
    options: Partial<HTS221DataReadyOptions> = {},
  ) {
    const all = completeOptions(hts221DataReadyOptions, options);
    this.#limitMs = (PERIODS_LIMIT * 1000) / all.rateHz;
    const line = lines.input("data-ready");
    this.#part = new HTS221Part(target, delay, all);
    this.#part.configure();
    const polarity = line.activeLevel === "low" ? CtrlReg3.DRDY_H_L : 0;
    this.#part.configureDataReady(CtrlReg3.DRDY_EN | polarity | (all.openDrain ? CtrlReg3.PP_OD : 0));
    // What an earlier user measured would be the first reading.
    this.#part.readOutputs();
    this.#ready = new DataReady(line, time);
    if (this.#ready.wait(0)) {
      throw DriverError.protocol(
        `${this.#part.where} has nothing new, and "data-ready" is active; check that this line is wired to DRDY, and its "pull".`,
      );
    }
    this.#part.start(OutputDataRate[all.rateHz]);
  }

  /**
   * Waits for the next measurement; returns at once where there is one that nobody has read, which is not older than a period.
   *
   * @throws DriverError `bus`; `timeout` when no edge comes in two periods; `protocol` when the calibration allows no value
   */
  read(): HTS221Sample {
    const part = this.#part;
    part.requireOpen();
    if (this.#leftover) part.readOutputs();
    this.#leftover = false;
    if (!this.#ready.wait(this.#limitMs)) {
      throw DriverError.timeout(
        `${part.where} says nothing on "data-ready" for ${this.#limitMs} ms; check the wiring of DRDY and the part's supply, ` +
          "and open it again.",
      );
    }
    this.#leftover = true;
    const outputs = part.readOutputs();
    this.#leftover = false;
    return part.sampleOf(outputs);
  }

  /** Powers the part down, heater off, if it still answers. Closing twice is legal. */
  close(): void {
    this.#part.close();
  }
}
