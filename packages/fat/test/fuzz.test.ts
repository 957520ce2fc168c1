/** A hundred thousand inputs with a fixed seed; `pnpm --filter @busbar/fat fuzz` is the long run. */

import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exerciseImage, exerciseParsers, randomOf } from "./fuzz-inputs.ts";

const seed = 20_261_122;

// Most of the time would go into stacks that nobody looks at.
const { stackTraceLimit } = Error;
beforeAll(() => {
  Error.stackTraceLimit = 0;
});
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

/** Runs a property; some inputs must be accepted and some refused, or it tests nothing. */
function run(numRuns: number, property: (number: number) => boolean): void {
  const seen = new Set<boolean>();
  fc.assert(
    fc.property(fc.nat(), (number) => void seen.add(property(number))),
    { seed, numRuns },
  );
  expect(seen.size).toBe(2);
}

test(
  "boot sectors and entries that are nearly right",
  () => run(98_000, (number) => exerciseParsers(randomOf(number))),
  60_000,
);

test("images that are nearly right", () => run(2_000, (number) => exerciseImage(randomOf(number))), 60_000);
