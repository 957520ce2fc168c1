/** A hundred thousand wrong descriptors with a fixed seed; ten million and more with `pnpm fuzz`. */

import { fuzz } from "@busbar/fuzz";
import { expect, test } from "vitest";
import { exercise, randomDescriptors } from "./fuzz-inputs.ts";

test("descriptors that are nearly right end in a result or a DriverError", () => {
  const { accepted, done } = fuzz({ input: randomDescriptors, exercise }, 100_000, 20_261_122);
  // Or else the inputs are not near enough to what devices send, or nothing is ever refused.
  expect(accepted).toBeGreaterThan(60_000);
  expect(accepted).toBeLessThan(done - 5_000);
}, 120_000);
