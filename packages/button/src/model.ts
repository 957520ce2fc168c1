import { defineGpioModel, type GpioPart, numberWithin, Timeline, type WireLevel } from "@busbar/model";
import * as v from "valibot";

/** How a {@link PushButton} is pressed. */
export interface PushButtonOptions {
  /** The level that it connects the line to while it is pressed; otherwise it lets the line go. */
  readonly closed: WireLevel;
  /** When it is pressed, and for how long, in milliseconds, one after the other. */
  readonly presses: readonly (readonly [atMs: number, durationMs: number])[];
  /** For how long it bounces after it was pressed and after it was released, in milliseconds: a change each half of one. */
  readonly bounceMs: number;
}

/** A button that is pressed by a plan. */
export class PushButton implements GpioPart {
  readonly #timeline: Timeline<WireLevel | undefined>;

  /** @param beginMs what the times of the plan are counted from */
  constructor({ closed, presses, bounceMs }: PushButtonOptions, beginMs: number) {
    const changes = presses.flatMap(([atMs, durationMs]) => [
      ...bouncing(atMs, closed, undefined, bounceMs),
      ...bouncing(atMs + durationMs, undefined, closed, bounceMs),
    ]);
    this.#timeline = new Timeline(beginMs, undefined, changes);
  }

  level(_line: string, atMs: number): WireLevel | undefined {
    return this.#timeline.level(atMs);
  }

  nextChange(_line: string, atMs: number): number | undefined {
    return this.#timeline.nextChange(atMs);
  }
}

/** A change that goes back and forth before it is done. */
function bouncing<Level>(atMs: number, to: Level, from: Level, bounceMs: number): [number, Level][] {
  const changes: [number, Level][] = [[atMs, to]];
  for (let sinceMs = 0.5; sinceMs < bounceMs; sinceMs += 1) {
    changes.push([atMs + sinceMs, from], [atMs + sinceMs + 0.5, to]);
  }
  return changes;
}

/** The parameters of the model "button"; its output is what {@link PushButton} takes. */
const parameters = v.pipe(
  v.strictObject({
    closed: v.optional(v.picklist(["low", "high"]), "low"),
    presses: v.optional(
      v.pipe(
        v.array(v.strictTuple([numberWithin(0, 1e9), numberWithin(0.001, 1e9)])),
        v.maxLength(1000, "expected at most 1000 presses"),
      ),
      [],
    ),
    bounceMs: v.optional(numberWithin(0, 100), 0),
  }),
  v.check(
    ({ presses, bounceMs }) =>
      presses.every(([atMs, durationMs], index) => {
        const before = presses[index - 1];
        const restMs = before === undefined ? atMs : atMs - before[0] - before[1];
        return durationMs > bounceMs + 1 && (before === undefined || restMs > bounceMs + 1);
      }),
    "expected the presses one after the other, each and each pause more than 1 ms longer than the bouncing",
  ),
) satisfies v.GenericSchema<unknown, PushButtonOptions>;

/** The model "button" of the board file. */
export default defineGpioModel(
  ["button"],
  parameters,
  (options, clock) => new PushButton(options, clock.now()),
);
