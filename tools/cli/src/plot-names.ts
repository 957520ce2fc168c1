import { closest } from "./closest.ts";
import { UsageError } from "./exit-codes.ts";
import type { Attempt } from "./kept-sensor.ts";
import { printable } from "./output/printable.ts";

/** Finds what `--plot` names and no sensor has, as soon as every sensor has said what it has. */
export class PlotNames {
  readonly #wanted: readonly string[];
  readonly #silent: Set<string>;
  readonly #known = new Set<string>();

  /**
   * @param plot as it was given; what is no list names nothing
   * @param sensors that are watched
   * @throws UsageError for a name of a device that is not watched
   */
  constructor(plot: boolean | readonly string[], sensors: readonly string[]) {
    this.#wanted = typeof plot === "object" ? plot : [];
    this.#silent = new Set(sensors);
    for (const name of this.#wanted) {
      const [device, ...channel] = name.split(".");
      if (channel.length > 0 && !sensors.includes(device!))
        throw unknown(
          name,
          sensors.map((each) => `${each}.${channel.join(".")}`),
        );
    }
  }

  /**
   * Takes what came of an attempt.
   *
   * @throws UsageError where a name is none, once that is known: a sensor that has not answered yet may have it
   */
  check(device: string, attempt: Attempt): void {
    if (attempt.kind !== "reading" || !this.#silent.delete(device)) return;
    for (const { label } of attempt.sensor.channels) this.#known.add(label).add(`${device}.${label}`);
    for (const name of this.#wanted) {
      if (this.#known.has(name)) continue;
      const [owner, ...channel] = name.split(".");
      const isKnown = channel.length > 0 ? !this.#silent.has(owner!) : this.#silent.size === 0;
      if (isKnown) throw unknown(name, [...this.#known]);
    }
  }
}

function unknown(name: string, known: readonly string[]): UsageError {
  const list = known.map((each) => printable(each, 100)).join(", ");
  const guess = closest(name, known);
  const hint = guess === undefined ? "" : ` (did you mean ${printable(guess, 100)}?)`;
  return new UsageError(
    `--plot names ${printable(name, 100)}, which no sensor has${hint}; choose from: ${list}.`,
  );
}
