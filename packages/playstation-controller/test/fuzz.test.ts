/** A hundred thousand wrong reports with a fixed seed; ten million and more with `pnpm fuzz`. */

import { fuzz } from "@busbar/fuzz";
import { expect, test } from "vitest";
import { exercise, randomReport } from "./fuzz-inputs.ts";

test("reports that are nearly right end in a state or in a HidError", () => {
  const { accepted, done } = fuzz({ input: randomReport, exercise }, 100_000, 41);
  // Or else the inputs are not near enough to what controllers send, or nothing is ever refused.
  expect(accepted).toBeGreaterThan(60_000);
  expect(accepted).toBeLessThan(done - 10_000);
}, 120_000);
