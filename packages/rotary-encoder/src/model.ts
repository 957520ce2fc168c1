import {
  defineGpioModel,
  type GpioPart,
  numberWithin,
  Timeline,
  type WireLevel,
  wholeNumber,
} from "@busbar/model";
import * as v from "valibot";

/** How a {@link TurnedKnob} is turned. */
export interface TurnedKnobOptions {
  /** The level that its switches connect a line to; open ones let it go. */
  readonly closed: WireLevel;
  /** Changes of the lines from one detent to the next: all of their pattern, a half or a quarter of it. */
  readonly stepsPerDetent: 1 | 2 | 4;
  /** When it is turned, by how many detents (down where that is negative), and how long each takes, in milliseconds; one after the other. */
  readonly turns: readonly (readonly [atMs: number, detents: number, detentMs: number])[];
  /** For how long a switch bounces, in milliseconds: a change each half of one. */
  readonly bounceMs: number;
}

/** Which switches are closed, step after step of turning up: A is first. */
const PATTERN: readonly (readonly [a: boolean, b: boolean])[] = [
  [false, false],
  [true, false],
  [true, true],
  [false, true],
];

type Change = [number, WireLevel | undefined];

/** An encoder that is turned by a plan. */
export class TurnedKnob implements GpioPart {
  readonly #lines: Readonly<Record<string, Timeline<WireLevel | undefined>>>;

  /** @param beginMs what the times of the plan are counted from */
  constructor({ closed, stepsPerDetent, turns, bounceMs }: TurnedKnobOptions, beginMs: number) {
    const changes: Record<"a" | "b", Change[]> = { a: [], b: [] };
    let step = 0;
    for (const [atMs, detents, detentMs] of turns) {
      const stepMs = detentMs / stepsPerDetent;
      for (let count = 0; count < Math.abs(detents) * stepsPerDetent; count += 1) {
        const was = PATTERN[step & 3]!;
        step += Math.sign(detents);
        const is = PATTERN[step & 3]!;
        const line = was[0] === is[0] ? "b" : "a";
        const [from, to] = [was, is].map(([a, b]) => ((line === "a" ? a : b) ? closed : undefined));
        const changeMs = atMs + count * stepMs;
        changes[line].push([changeMs, to]);
        for (let sinceMs = 0.5; sinceMs < bounceMs; sinceMs += 1) {
          changes[line].push([changeMs + sinceMs, from], [changeMs + sinceMs + 0.5, to]);
        }
      }
    }
    const timeline = (of: readonly Change[]) => new Timeline<WireLevel | undefined>(beginMs, undefined, of);
    this.#lines = { a: timeline(changes.a), b: timeline(changes.b) };
  }

  level(line: string, atMs: number): WireLevel | undefined {
    return this.#lines[line]?.level(atMs);
  }

  nextChange(line: string, atMs: number): number | undefined {
    return this.#lines[line]?.nextChange(atMs);
  }
}

/** The parameters of the model "rotary-encoder"; its output is what {@link TurnedKnob} takes. */
const parameters = v.pipe(
  v.strictObject({
    closed: v.optional(v.picklist(["low", "high"]), "low"),
    stepsPerDetent: v.optional(v.picklist([1, 2, 4]), 4),
    turns: v.optional(
      v.pipe(
        v.array(v.strictTuple([numberWithin(0, 1e9), wholeNumber(-1000, 1000), numberWithin(0.1, 1e6)])),
        v.maxLength(100, "expected at most 100 turns"),
      ),
      [],
    ),
    bounceMs: v.optional(numberWithin(0, 100), 0),
  }),
  v.check(
    ({ turns }) =>
      turns.every(([atMs], index) => {
        const before = turns[index - 1];
        return before === undefined || atMs >= before[0] + Math.abs(before[1]) * before[2];
      }),
    "expected the turns one after the other",
  ),
  v.check(
    ({ turns, stepsPerDetent, bounceMs }) => turns.every((turn) => turn[2] / stepsPerDetent > bounceMs + 0.5),
    "expected each step to take longer than the bouncing",
  ),
) satisfies v.GenericSchema<unknown, TurnedKnobOptions>;

/** The model "rotary-encoder" of the board file. */
export default defineGpioModel(
  ["a", "b"],
  parameters,
  (options, clock) => new TurnedKnob(options, clock.now()),
);
