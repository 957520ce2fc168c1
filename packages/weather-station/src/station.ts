/** The weather station: reads a sensor once a second, shows it, prints it. It knows no chip and no bus. */

import { DriverError } from "@busbar/guest";
import type { AppSensor, AppTextDisplay } from "@busbar/guest/app";
import { linesFor, printedLine } from "./lines.ts";

/** What the station needs of the world around it. */
export interface Surroundings {
  openSensor(name: string): AppSensor;
  openTextDisplay(name: string): AppTextDisplay;
  print(line: string): void;
  nowMs(): number;
  waitMs(ms: number): void;
}

/** How it is set up. */
export interface StationOptions {
  /** The sensor's name in the board file. */
  readonly sensor: string;
  /** The display's name in the board file. A station without it only prints. */
  readonly display: string;
  /** From one reading to the next. */
  readonly everyMs: number;
}

/**
 * A device that is opened when it is needed, and again after it was lost: unplugged, or its driver replaced. What else
 * goes wrong with it is told, and tried again next time.
 */
class Kept<Device extends { close(): void }> {
  readonly #name: string;
  readonly #open: (name: string) => Device;
  readonly #tell: (line: string) => void;
  #device: Device | undefined;
  #told = "";

  constructor(name: string, open: (name: string) => Device, tell: (line: string) => void) {
    this.#name = name;
    this.#open = open;
    this.#tell = tell;
  }

  /** Uses the device; undefined where that failed. The same failure is told once. */
  use<Result>(use: (device: Device) => Result): Result | undefined {
    try {
      this.#device ??= this.#open(this.#name);
      const result = use(this.#device);
      this.#told = "";
      return result;
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      this.#device?.close();
      this.#device = undefined;
      if (error.message !== this.#told) this.#tell(`${this.#name}: ${error.message}`);
      this.#told = error.message;
      return undefined;
    }
  }
}

/** The app's state: it outlives every device. */
export class Station {
  readonly #surroundings: Surroundings;
  readonly #options: StationOptions;
  readonly #sensor: Kept<AppSensor>;
  readonly #display: Kept<AppTextDisplay>;
  #readings = 0;

  constructor(surroundings: Surroundings, options: StationOptions) {
    const { openSensor, openTextDisplay, print } = surroundings;
    this.#surroundings = surroundings;
    this.#options = options;
    this.#sensor = new Kept(options.sensor, openSensor, print);
    this.#display = new Kept(options.display, openTextDisplay, print);
  }

  /** One reading: printed with its number, then shown. */
  step(): void {
    const reading = this.#sensor.use((sensor) => ({ channels: sensor.channels, values: sensor.read() }));
    if (reading === undefined) return;
    const { channels, values } = reading;
    const turn = this.#readings;
    this.#readings += 1;
    this.#surroundings.print(`${this.#readings}: ${printedLine(channels, values)}`);
    this.#display.use((display) => {
      for (const [row, line] of linesFor(display.size, channels, values, turn).entries()) {
        display.write(row, 0, line);
      }
    });
  }

  /** Goes on until the host ends the app. A slow reading does not shift the next ones. */
  run(): never {
    const { nowMs, waitMs } = this.#surroundings;
    const { everyMs } = this.#options;
    const startMs = nowMs();
    for (;;) {
      this.step();
      waitMs(everyMs - ((nowMs() - startMs) % everyMs));
    }
  }
}
