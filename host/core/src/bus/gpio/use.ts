import * as v from "valibot";
import { oneOf, record, text } from "../../board/values.ts";
import type { BusCounts } from "../counts.ts";
import type { GpioDirection } from "./backend.ts";
import type { WrittenGpioGrant } from "./grant.ts";
import { both } from "./judge.ts";

/** What was done with the lines of an entry: what each was used for. */
export interface GpioUseMade {
  readonly lines: { readonly [name: string]: GpioDirection };
}

/** Notes which lines are used, and for what; one for an entry as long as that stays. */
export class GpioCounts implements BusCounts {
  readonly #isRecorded: boolean;
  readonly #lines = new Map<string, GpioDirection>();

  /** @param isRecorded whether anything is noted at all */
  constructor(isRecorded: boolean) {
    this.#isRecorded = isRecorded;
  }

  /** What was noted so far; undefined where nothing was. */
  get use(): GpioUseMade | undefined {
    return this.#lines.size === 0 ? undefined : { lines: inOrder(this.#lines) };
  }

  /** A pin was handed out. */
  pin(line: string, direction: GpioDirection): void {
    if (!this.#isRecorded) return;
    this.#lines.set(line, both(this.#lines.get(line) ?? direction, direction));
  }
}

/** By their names, so that a record does not depend on which line was used first. */
function inOrder(lines: ReadonlyMap<string, GpioDirection>): GpioUseMade["lines"] {
  return Object.fromEntries([...lines].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** What a run recorded of GPIO, and what is made of it. */
export const gpioUse = {
  schema: v.strictObject({ lines: record(text, oneOf("in", "out", "in-out")) }),

  merge(left: GpioUseMade, right: GpioUseMade): GpioUseMade {
    const lines = new Map(Object.entries(left.lines));
    for (const [name, direction] of Object.entries(right.lines)) {
      lines.set(name, both(lines.get(name) ?? direction, direction));
    }
    return { lines: inOrder(lines) };
  },

  least(written: WrittenGpioGrant, use: GpioUseMade): WrittenGpioGrant {
    const lines = Object.entries(written.lines).flatMap(([name, line]) => {
      const direction = Object.hasOwn(use.lines, name) ? use.lines[name]! : undefined;
      if (direction === undefined) return [];
      // Only an input can have a debounce, and only an output a drive.
      const { debounceMs, drive, ...others } = line;
      const own = direction === "in" ? { debounceMs } : { drive };
      const kept = Object.entries(own).filter(([, value]) => value !== undefined);
      return [[name, { ...others, direction, ...Object.fromEntries(kept) }]];
    });
    return { lines: Object.fromEntries(lines) };
  },
};
