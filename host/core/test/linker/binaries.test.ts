/** 20,000 damaged components with a fixed seed; a million with `pnpm fuzz binaries`. */

import { fuzz, randomOf } from "@busbar/fuzz";
import { expect, test } from "vitest";
import { ComponentArtifact } from "../../src/component/artifact.ts";
import { HostError } from "../../src/error.ts";
import { damage, loadAndCompile } from "./binaries.ts";
import { sampleComponents } from "./samples.ts";

test("the samples themselves are accepted", async () => {
  for (const sample of await sampleComponents()) expect(loadAndCompile(sample)).toBe(true);
});

test("a damaged component is refused in one clause, or accepted; nothing else happens", async () => {
  const samples = await sampleComponents();
  const { accepted, done } = fuzz(
    { input: (random) => damage(samples, random), exercise: loadAndCompile },
    20_000,
    20_261_129,
  );
  // Or else the damage is too small, or so large that nobody looks at what is behind the first byte.
  expect(accepted).toBeGreaterThan(1_000);
  expect(accepted).toBeLessThan(done - 10_000);
}, 120_000);

test("loading it as a host does ends in a HostError or in a component, too", async () => {
  const samples = await sampleComponents();
  for (let run = 0; run < 3_000; run += 1) {
    const loaded: unknown = await ComponentArtifact.load("x.wasm", damage(samples, randomOf(run))).catch(
      (thrown) => thrown,
    );
    if (!(loaded instanceof ComponentArtifact)) expect(loaded).toBeInstanceOf(HostError);
  }
});
