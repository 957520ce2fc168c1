/** 20,000 damaged components with a fixed seed; a million with `pnpm fuzz binaries`. */

import { createHash } from "node:crypto";
import { fuzz, randomOf } from "@busbar/fuzz";
import { expect, test } from "vitest";
import { ComponentArtifact } from "../../src/component/artifact.ts";
import type { PreparedStore } from "../../src/component/prepare.ts";
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

/** Keeps everything, and says what it is by its digest. */
function storeOfTest(): PreparedStore {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    key: (...parts) =>
      parts.reduce((hash, part) => hash.update(part).update("\0"), createHash("sha256")).digest("hex"),
    get: async (key) => kept.get(key),
    put: async (key, bytes) => kept.set(key, Uint8Array.from(bytes)),
  };
}

test("loading it as a host does ends in a HostError, or in a component that is the same when it was kept", async () => {
  const samples = await sampleComponents();
  let accepted = 0;
  for (let run = 0; run < 3_000; run += 1) {
    const bytes = damage(samples, randomOf(run));
    const store = storeOfTest();
    const load = () => ComponentArtifact.load("x.wasm", bytes, store).catch((thrown: unknown) => thrown);
    const first = await load();
    if (first instanceof ComponentArtifact) {
      accepted += 1;
      const again = await load();
      expect(again).toBeInstanceOf(ComponentArtifact);
      expect((again as ComponentArtifact).interface).toEqual(first.interface);
    } else expect(first).toBeInstanceOf(HostError);
  }
  expect(accepted).toBeGreaterThan(100);
});
