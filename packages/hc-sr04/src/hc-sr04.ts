/**
 * HC-SR04: distance by ultrasound, 2 cm to 4 m.
 *
 * Data sheet: "Ultrasonic Ranging Module HC - SR04", ElecFreaks. It is short, and says nothing of what ECHO does where nothing echoes: the
 * module then ends the pulse by itself, after 38 ms in the one that ElecFreaks sells, after up to 200 ms in others.
 */

import {
  type Channel,
  completeOptions,
  DriverError,
  type GpioLines,
  type Info,
  integer,
  type LineEdge,
  type LineEdges,
  type OptionsOf,
  type OutputLine,
  type SensorDriver,
  type Time,
} from "@busbar/guest";
import { distanceOf } from "./conversion.ts";

/** The options, their defaults, and the settings of a board file. */
export const hcsr04Options = {
  /** The temperature of the air, in °C, on which the speed of sound depends: 0.17 % for each degree. */
  airTemperature: integer({ minimum: -20, maximum: 60 }, 20),
};

/** What can be set; see `hcsr04Options`. */
export type HCSR04Options = OptionsOf<typeof hcsr04Options>;

/** One reading; a new object for each. */
export interface HCSR04Sample {
  /** Metres. */
  readonly distance: number;
}

/** "Min range 2cm", "Max range 4m", "Ranging accuracy can reach to 3mm" ("Electric parameter", "Product features"). */
const MINIMUM = 0.02;
const MAXIMUM = 4;
const RESOLUTION = 0.003;
/** "At least 10 µs high level signal" ("Timing diagram"); a pause of this host is a whole number of milliseconds. */
const TRIGGER_MS = 1;
/** "We suggest to use over 60ms measurement cycle, in order to prevent trigger signal to the echo signal." */
const CYCLE_MS = 60;
/** The longest pulse of a module that hears nothing, and room for the burst before it. */
const LONGEST_ECHO_MS = 250;

/** The driver of one HC-SR04, on the output "trigger" and the input "echo". */
export class HCSR04 implements SensorDriver<keyof HCSR04Sample> {
  readonly info: Info = { vendor: "ElecFreaks", model: "HC-SR04" };
  readonly channels: readonly (Channel & { readonly label: keyof HCSR04Sample })[] = [
    { quantity: "distance", label: "distance", minimum: MINIMUM, maximum: MAXIMUM, resolution: RESOLUTION },
  ];
  readonly #trigger: OutputLine;
  readonly #echo: LineEdges;
  readonly #time: Time;
  readonly #options: HCSR04Options;
  /** When the last measurement was over. */
  #overMs = Number.NEGATIVE_INFINITY;

  /**
   * Takes the lines. Nothing is measured: a module that is not there shows in the first reading.
   *
   * @throws DriverError `invalid-argument`; `access-denied` where a line is not granted; `unsupported` where ECHO's controller tells of no
   *   edges
   */
  constructor(lines: GpioLines, time: Time, options: Partial<HCSR04Options> = {}) {
    this.#options = completeOptions(hcsr04Options, options);
    this.#time = time;
    this.#trigger = lines.output("trigger");
    this.#trigger.set(false);
    this.#echo = lines.input("echo").watch();
  }

  /**
   * Measures once.
   *
   * @throws DriverError `timeout` when ECHO does not answer, or nothing is in range; `protocol` when edges of it are missing, or
   *   something is too near; `bus`
   */
  read(): HCSR04Sample {
    const restMs = Math.ceil(this.#overMs + CYCLE_MS - this.#time.nowMs());
    if (restMs > 0) this.#time.waitMs(restMs);
    // What came after the last measurement was given up is none of this one.
    this.#echo.wait(0);
    this.#echo.lost();
    try {
      this.#trigger.set(true);
      this.#time.waitMs(TRIGGER_MS);
      this.#trigger.set(false);
      return { distance: this.#measured(this.#pulse()) };
    } finally {
      this.#overMs = this.#time.nowMs();
    }
  }

  /** The module rests between measurements by itself. */
  close(): void {}

  /** How long ECHO is high. */
  #pulse(): number {
    const endMs = this.#time.nowMs() + LONGEST_ECHO_MS;
    const edges: LineEdge[] = [];
    while (edges.length < 2) {
      const leftMs = Math.ceil(endMs - this.#time.nowMs());
      const came = leftMs > 0 ? this.#echo.wait(leftMs) : [];
      if (came.length === 0) throw silent(edges.length > 0);
      edges.push(...came);
    }
    const [begin, end] = edges as [LineEdge, LineEdge];
    if (begin.active && !end.active && edges.length === 2) return end.timeMs - begin.timeMs;
    throw DriverError.protocol(
      "ECHO did not go up and down once: its controller is too slow for it, or the line is disturbed; wire it to a line with interrupts.",
    );
  }

  #measured(pulseMs: number): number {
    const distance = distanceOf(pulseMs, this.#options.airTemperature);
    if (distance < MINIMUM) {
      throw DriverError.protocol(
        `Something is nearer to the HC-SR04 than the ${MINIMUM} m that it can measure; move it away.`,
      );
    }
    if (distance <= MAXIMUM) return distance;
    throw DriverError.timeout(
      `The HC-SR04 hears no echo: nothing is within ${MAXIMUM} m of it, or what is there is soft or aslant.`,
    );
  }
}

function silent(isHigh: boolean): DriverError {
  return DriverError.timeout(
    isHigh
      ? `ECHO stays high for more than ${LONGEST_ECHO_MS} ms; check its wiring, and switch the module off and on.`
      : "ECHO does not answer to TRIGGER; check the wiring, and that the module has 5 V.",
  );
}
