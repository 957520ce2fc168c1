import {
  type GpioModel,
  type GpioPart,
  parseParameters,
  Timeline,
  timelineChanges,
  type WireLevel,
} from "@busbar/model";
import * as v from "valibot";

const parameters = v.strictObject({
  levels: v.optional(v.record(v.string(), v.picklist(["low", "high"])), {}),
  changes: v.optional(v.record(v.string(), timelineChanges), {}),
});

/** Lines of no part: each has the level that it is given, from the times that it is given; what is driven on the others is shown. */
class Lines implements GpioPart {
  readonly #timelines: ReadonlyMap<string, Timeline>;
  readonly #driven = new Map<string, WireLevel | undefined>();

  constructor(timelines: ReadonlyMap<string, Timeline>) {
    this.#timelines = timelines;
  }

  level(line: string, atMs: number): WireLevel | undefined {
    return this.#timelines.get(line)?.level(atMs);
  }

  nextChange(line: string, atMs: number): number | undefined {
    return this.#timelines.get(line)?.nextChange(atMs);
  }

  driven(line: string, level: WireLevel | undefined): void {
    this.#driven.set(line, level);
  }

  render(): string {
    return [...this.#driven].map(([line, level]) => `${line} ${level ?? "released"}`).join("\n");
  }
}

/** The model "lines" of the board file: of any lines. */
export const linesModel: GpioModel = {
  bus: "gpio",
  lines: [],
  create(written, clock) {
    const { levels, changes } = parseParameters(parameters, written);
    const names = new Set([...Object.keys(levels), ...Object.keys(changes)]);
    const beginMs = clock.now();
    const timelines = [...names].map(
      (name) => [name, new Timeline(beginMs, levels[name] ?? "low", changes[name] ?? [])] as const,
    );
    return new Lines(new Map(timelines));
  },
};
