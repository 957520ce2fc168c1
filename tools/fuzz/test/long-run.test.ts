/** The runner: the same inputs for the same seed, others for another, and a rule that breaks ends it. */

import { expect, test } from "vitest";
import { fuzz, mutate, type Random, randomBytes, randomConfiguration } from "../src/index.ts";

function inputsOf(seed: number, make: (random: Random, run: number) => Uint8Array): string[] {
  const seen: string[] = [];
  const exercise = (bytes: Uint8Array) => seen.push(Buffer.from(bytes).toString("hex")) > 0;
  fuzz({ input: make, exercise }, 50, seed);
  return seen;
}

test("gives the same inputs for the same seed, and others for another", () => {
  const eight = (random: Random) => randomBytes(8, random);
  expect(inputsOf(1, eight)).toEqual(inputsOf(1, eight));
  expect(new Set([...inputsOf(1, eight), ...inputsOf(2, eight)]).size).toBe(100);
});

test("counts what is accepted, and tells how far it is", () => {
  const told: number[] = [];
  const target = { input: (_: Random, run: number) => run, exercise: (run: number) => run % 4 === 0 };
  expect(fuzz(target, 100, 1, ({ done }) => told.push(done))).toMatchObject({ done: 100, accepted: 25 });
  expect(told).toEqual([100]);
});

test("names the input that breaks a rule", () => {
  const target = {
    input: (_: Random, run: number) => Uint8Array.of(run),
    exercise: ([byte]: Uint8Array) => {
      if (byte === 7) throw new Error("seven");
      return true;
    },
  };
  expect(() => fuzz(target, 100, 3)).toThrow("input 7 of seed 3: 07");
});

test("makes inputs that are nearly right", () => {
  const configurations = inputsOf(1, (random) => randomConfiguration(random));
  expect(configurations.every((hex) => hex.startsWith("0902"))).toBe(true);
  const original = [1, 2, 3, 4, 5, 6, 7, 8];
  const mutated = inputsOf(1, (random) => mutate(original, random));
  expect(mutated.filter((hex) => hex !== "0102030405060708").length).toBeGreaterThan(40);
  expect(original).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});
