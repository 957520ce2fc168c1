/** STMicroelectronics HTS221: relative humidity and temperature, over I2C alone. `./part.ts` names the data sheet. */

import {
  completeOptions,
  type Delay,
  type I2cTarget,
  type OptionsOf,
  oneOf,
  type SensorDriver,
} from "@busbar/guest";
import { CHANNELS, type HTS221Channel, HTS221Part, type HTS221Sample, INFO, partOptions } from "./part.ts";
import { ONE_SHOT_RATE, OutputDataRate } from "./registers.ts";

export type { HTS221Channel, HTS221Sample } from "./part.ts";

/** The options, their defaults, and the settings of a board file. */
export const hts221Options = {
  /** "one-shot": one measurement for each `read`. "continuous": the part measures by itself, `rateHz` times a second. */
  mode: oneOf(["one-shot", "continuous"], "one-shot"),
  /** Measurements a second in continuous mode. */
  rateHz: oneOf([1, 7, 12.5], 1),
  ...partOptions,
};

/** What can be set; see `hts221Options`. */
export type HTS221Options = OptionsOf<typeof hts221Options>;

/** Between two looks at `STATUS_REG` in one-shot mode. */
const POLL_MS = 5;
/** The slowest rate is 1 Hz and allows all averaging (7.2, 7.3), so no measurement takes longer than a second. */
const ONE_SHOT_LIMIT_MS = 1000;
/** How often `STATUS_REG` is looked at in the time between two measurements in continuous mode. */
const POLLS_A_PERIOD = 10;

/** The driver of one HTS221. */
export class HTS221 implements SensorDriver<keyof HTS221Sample> {
  readonly info = INFO;
  readonly channels: readonly HTS221Channel[] = CHANNELS;

  readonly #part: HTS221Part;
  readonly #options: HTS221Options;
  /** Whether a measurement may lie in the part that nobody asked for: an earlier user's, or one of a failed `read`. */
  #leftover = true;

  /**
   * Finds, boots and configures the part.
   *
   * @throws DriverError `invalid-argument` before anything is sent; `wrong-device`, `protocol`, `timeout` and `bus` from the part
   */
  constructor(target: I2cTarget, delay: Delay, options: Partial<HTS221Options> = {}) {
    this.#options = completeOptions(hts221Options, options);
    this.#part = new HTS221Part(target, delay, this.#options);
    this.#part.configure();
    const { mode, rateHz } = this.#options;
    this.#part.start(mode === "one-shot" ? ONE_SHOT_RATE : OutputDataRate[rateHz]);
  }

  /**
   * In one-shot mode measures once; in continuous mode waits for the next measurement, at most two periods.
   *
   * @throws DriverError `bus`; `timeout` when no measurement comes; `protocol` when the calibration allows no value
   */
  read(): HTS221Sample {
    const part = this.#part;
    part.requireOpen();
    const { mode, rateHz } = this.#options;
    if (this.#leftover) part.readOutputs();
    this.#leftover = true;
    if (mode === "one-shot") {
      part.startOne();
      part.pollForData(POLL_MS, ONE_SHOT_LIMIT_MS);
    } else {
      const periodMs = 1000 / rateHz;
      part.pollForData(periodMs / POLLS_A_PERIOD, 2 * periodMs);
    }
    const outputs = part.readOutputs();
    this.#leftover = false;
    return part.sampleOf(outputs);
  }

  /** Powers the part down, heater off, if it still answers. Closing twice is legal. */
  close(): void {
    this.#part.close();
  }
}
