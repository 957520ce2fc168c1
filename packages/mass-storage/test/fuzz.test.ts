/** A hundred thousand inputs with a fixed seed; `pnpm --filter @busbar/mass-storage fuzz` is the long run. */

import { randomOf } from "@busbar/fuzz";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answerInput, exerciseDevice, exerciseImage, exerciseParsers, imageInput } from "./fuzz-inputs.ts";

const seed = 20_261_122;
const seeds = fc.nat();

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
    fc.property(seeds, (number) => void seen.add(property(number))),
    { seed, numRuns },
  );
  expect(seen.size).toBe(2);
}

test("any bytes as the answers of a device", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void exerciseParsers(bytes)),
    { seed, numRuns: 20_000 },
  );
});

test("answers that are nearly right", () =>
  run(65_000, (number) => exerciseParsers(answerInput(randomOf(number)))));

test("partition tables that are nearly right", () =>
  run(10_000, (number) => exerciseImage(imageInput(randomOf(number)))));

test("devices that answer mostly as they should", () =>
  run(5_000, (number) => exerciseDevice(randomOf(number))));
