import type { BoardFile, Clock } from "@busbar/host";

/** The board that is measured: a BME280 of the data sheet's worked example on a simulated bus. */
export function sensorBoard(driver: string, mode: "forced" | "normal"): BoardFile {
  return {
    devices: { indoor: { driver, i2c: { bus: "sim", address: "0x76" }, settings: { mode } } },
    simulate: [
      {
        i2c: "sim",
        address: "0x76",
        model: "bme280",
        raw: { temperature: 519_888, pressure: 415_148, humidity: 28_437 },
      },
    ],
  };
}

/** Takes the waiting out: a sleep ends at once, and the time it would have taken has passed. */
export class SkippingClock implements Clock {
  #skippedMs = 0;

  now(): number {
    return performance.now() + this.#skippedMs;
  }

  sleep(ms: number): Promise<void> {
    this.#skippedMs += ms;
    return Promise.resolve();
  }

  turn(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** The same for code that is not suspended. */
  skip(ms: number): void {
    this.#skippedMs += ms;
  }
}
