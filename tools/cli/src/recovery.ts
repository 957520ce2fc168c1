import type { Clock } from "@busbar/host";
import type { Attempt } from "./kept-sensor.ts";
import type { Output } from "./output/output.ts";
import { duration } from "./output/units.ts";

/** A time without readings. */
interface Outage {
  readonly startMs: number;
  failures: number;
}

/** Says in a line when a sensor that failed answers again: without it a log has failures only, and nobody knows whether they last. */
export class Recoveries {
  readonly #output: Output;
  readonly #clock: Clock;
  readonly #outages = new Map<string, Outage>();

  constructor(output: Output, clock: Clock) {
    this.#output = output;
    this.#clock = clock;
  }

  /** Notes what came of an attempt; before it is printed. */
  attempt(device: string, { kind }: Attempt): void {
    const outage = this.#outages.get(device);
    const now = this.#clock.now();
    if (kind === "failure") {
      if (outage === undefined) this.#outages.set(device, { startMs: now, failures: 1 });
      else outage.failures += 1;
      return;
    }
    if (outage === undefined) return;
    this.#outages.delete(device);
    const { failures } = outage;
    const downMs = Math.round(now - outage.startMs);
    const times = failures === 1 ? "one failure" : `${failures} failures`;
    this.#output.info(`${device}: answers again, after ${times} in ${duration(downMs)}.`, {
      type: "recovered",
      ...{ device, failures, downMs },
    });
  }

  /** A device is another one now, or is gone. */
  forget(device: string): void {
    this.#outages.delete(device);
  }
}
