/** 500 random types with a fixed seed; ten thousand and more with `pnpm fuzz types`. */

import { expect, test } from "vitest";
import { tryTypes } from "./random-types.ts";

test("values of random types are what they were, in the linker and in jco", async () => {
  const { types, judged } = await tryTypes(500, 20_261_129, 10);
  expect(types).toBe(500);
  expect(judged).toBeGreaterThan(45);
}, 240_000);
