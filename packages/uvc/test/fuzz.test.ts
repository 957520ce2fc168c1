/** Tens of thousands of wrong inputs with a fixed seed; ten million and more with `pnpm fuzz`. */

import { mutate, randomOf } from "@busbar/fuzz";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { corpus, exercise, randomPayloads } from "./fuzz-inputs.ts";

const seeds = fc.integer({ min: 0, max: 0xffff_ffff });

describe("an input that is", () => {
  it("a damaged one of a real camera ends in a result or a typed error", () => {
    let accepted = 0;
    const property = fc.property(seeds, fc.nat(corpus.length - 1), (seed, index) => {
      const random = randomOf(seed);
      if (exercise(mutate(corpus[index]!, random), random)) accepted += 1;
    });
    fc.assert(property, { seed: 1, numRuns: 6000 });
    // Or else the inputs are not near enough to what cameras send.
    expect(accepted).toBeGreaterThan(2000);
  }, 60_000);

  it("made of random payloads ends in a result or a typed error", () => {
    let accepted = 0;
    const property = fc.property(seeds, (seed) => {
      const random = randomOf(seed);
      if (exercise(randomPayloads(random), random)) accepted += 1;
    });
    fc.assert(property, { seed: 2, numRuns: 20_000 });
    expect(accepted).toBeGreaterThan(2000);
  }, 60_000);

  it("random bytes ends in a result or a typed error", () => {
    const property = fc.property(fc.uint8Array({ maxLength: 64 }), seeds, (data, seed) => {
      exercise(data, randomOf(seed));
    });
    fc.assert(property, { seed: 3, numRuns: 20_000 });
  }, 60_000);
});
