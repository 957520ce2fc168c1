/**
 * MH-Z19B: carbon dioxide by infrared.
 *
 * Manual: "Infrared CO2 Sensor Module (Model: MH-Z19B) User's Manual", Zhengzhou Winsen Electronics Technology, versions 1.0 to 1.5, which is its
 * data sheet too. Where they differ, 1.2 and later are followed.
 */

import {
  type Channel,
  completeOptions,
  DriverError,
  type Info,
  integer,
  type OptionsOf,
  oneOf,
  readFrame,
  type SensorDriver,
  type Timer,
  type UartPort,
} from "@busbar/guest";
import {
  DETECTION_RANGE,
  READ_CONCENTRATION,
  SELF_CALIBRATION,
  SELF_CALIBRATION_OFF,
  SELF_CALIBRATION_ON,
} from "./commands.ts";
import { ConcentrationFinder, commandOf, rangeData } from "./frame.ts";

/** The options, their defaults, and the settings of a board file. */
export const mhz19bOptions = {
  /** The largest concentration, in ppm; the part keeps it. "keep": as the part has it. */
  range: oneOf(["keep", 2000, 5000, 10_000], "keep"),
  /** Whether the part takes the lowest concentration of each day for 400 ppm; it keeps that. "keep": as the part has it. */
  automaticBaselineCorrection: oneOf(["keep", "on", "off"], "keep"),
  /** For so many seconds after it was opened there are no readings. "Preheat time: 3 min" is from when the part has power. */
  warmUpS: integer({ minimum: 0, maximum: 3600 }, 0),
};

/** What can be set; see `mhz19bOptions`. */
export type MHZ19BOptions = OptionsOf<typeof mhz19bOptions>;

/** One reading; a new object for each. */
export interface MHZ19BSample {
  /** Parts per million by volume. */
  readonly co2: number;
}

/** The largest range that can be ordered ("Measuring range"). */
const LARGEST_RANGE = 10_000;
/** The manual gives no time for an answer, which is 9.4 ms long; parts begin it within some tens of milliseconds. */
const ANSWER_MS = 500;
/** More than is sent at a time. */
const READ_BYTES = 64;

/** The driver of one MH-Z19B, at 9600 baud. */
export class MHZ19B implements SensorDriver<keyof MHZ19BSample> {
  readonly info: Info = { vendor: "Winsen", model: "MH-Z19B" };
  readonly channels: readonly (Channel & { readonly label: keyof MHZ19BSample })[];
  readonly #port: UartPort;
  readonly #timer: Timer;
  readonly #warmMs: number;

  /**
   * Sets what the options say, and asks for a concentration: whatever answers that is taken for one.
   *
   * @throws DriverError `invalid-argument`; `timeout` when nothing answers; `protocol` when what answers is no MH-Z19B; what UartPort throws
   */
  constructor(port: UartPort, timer: Timer, options: Partial<MHZ19BOptions> = {}) {
    const { range, automaticBaselineCorrection, warmUpS } = completeOptions(mhz19bOptions, options);
    this.#port = port;
    this.#timer = timer;
    const maximum = range === "keep" ? LARGEST_RANGE : range;
    this.channels = [{ quantity: "gas-concentration", label: "co2", minimum: 0, maximum, resolution: 1 }];
    if (range !== "keep") port.write(commandOf(DETECTION_RANGE, rangeData(range)));
    if (automaticBaselineCorrection !== "keep") {
      const state = automaticBaselineCorrection === "on" ? SELF_CALIBRATION_ON : SELF_CALIBRATION_OFF;
      port.write(commandOf(SELF_CALIBRATION, [state]));
    }
    this.#concentration();
    this.#warmMs = timer.nowMs() + warmUpS * 1000;
  }

  /**
   * Asks for the concentration, which the part renews every few seconds.
   *
   * @throws DriverError `timeout` when nothing answers, and while it warms up; `protocol` when the answer is none; what UartPort throws
   */
  read(): MHZ19BSample {
    const co2 = this.#concentration();
    const leftMs = this.#warmMs - this.#timer.nowMs();
    if (leftMs <= 0) return { co2 };
    const leftS = Math.ceil(leftMs / 1000);
    throw DriverError.timeout(`The MH-Z19B warms up for ${leftS} more seconds; read it then.`);
  }

  /** The part goes on measuring: its self-calibration needs that. */
  close(): void {}

  #concentration(): number {
    // What came since then is an answer to something else, or to nobody.
    this.#port.discard();
    this.#port.write(commandOf(READ_CONCENTRATION));
    const finder = new ConcentrationFinder();
    return readFrame(this.#port, this.#timer, finder, {
      timeoutMs: ANSWER_MS,
      maximum: READ_BYTES,
      timeout: () => (finder.isDisturbed ? nonsense() : silent()),
    });
  }
}

function silent(): DriverError {
  return DriverError.timeout(
    "The MH-Z19B does not answer; check that it has 5 V, that TX and RX are crossed, and that the port is its.",
  );
}

function nonsense(): DriverError {
  return DriverError.protocol(
    "What answers is no MH-Z19B, or is disturbed; check the port, that it has 9600 baud, and the wires.",
  );
}
