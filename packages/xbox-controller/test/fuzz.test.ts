/** A hundred thousand wrong messages with a fixed seed; ten million and more with `pnpm fuzz`. */

import { fuzz } from "@busbar/fuzz";
import { expect, test } from "vitest";
import { exercise, randomMessage } from "./fuzz-inputs.ts";

test("messages that are nearly right end in a state or in nothing", () => {
  const { accepted, done } = fuzz({ input: randomMessage, exercise }, 100_000, 31);
  // Or else the inputs are not near enough to what controllers send, or nothing is ever refused.
  expect(accepted).toBeGreaterThan(40_000);
  expect(accepted).toBeLessThan(done - 10_000);
}, 120_000);
