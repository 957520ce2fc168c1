/** Ten thousand damaged components with a fixed seed; a million with `pnpm fuzz`. */

import { readFileSync } from "node:fs";
import { fuzz, randomOf } from "@busbar/fuzz";
import { ComponentArtifact, Pace, type PreparedStore } from "@busbar/host/backend";
import { parseWat } from "@busbar/jco";
import { expect, test } from "vitest";
import { flattenComponent } from "../../src/flatten/flatten.ts";
import { flattenedStore } from "./flattened-store.ts";
import { damageCode, flattenTarget, refusedOrValid } from "./fuzz-inputs.ts";
import { samples, sampleTexts } from "./samples.ts";
import { componentOf } from "./workspace.ts";

test("the samples themselves can be flattened", async () => {
  for (const sample of await samples()) expect(refusedOrValid(sample)).toBe(true);
});

test("a damaged component is refused in one sentence, or becomes a core module; nothing else happens", async () => {
  const { accepted, done } = fuzz(await flattenTarget(), 10_000, 20_261_130);
  // Or else the damage is too small, or so large that nobody looks at what is behind the first byte.
  expect(accepted).toBeGreaterThan(1_000);
  expect(accepted).toBeLessThan(done / 2);
});

test("so is a damaged driver of an engine", () => {
  const driver = readFileSync(componentOf("bme280"));
  let accepted = 0;
  for (let run = 0; run < 40; run += 1) if (refusedOrValid(damageCode(driver, randomOf(run)))) accepted += 1;
  expect(accepted).toBeGreaterThan(4);
  expect(accepted).toBeLessThan(36);
});

const pace = new Pace(() => new Promise((resolve) => setImmediate(resolve)));
const imports = {
  "test:host/texts": { length: (text: string) => text.length, Thing: class {} },
  double: (value: number) => 2 * value,
};

/** What `run` of a component returns; "ended" where it took too long, "trap" for all else that is no number. */
async function outcome(bytes: Uint8Array, store?: PreparedStore): Promise<number | "ended" | "trap"> {
  let checks = 0;
  const check = () => {
    checks += 1;
    if (checks > 20) throw new Error("it takes too long");
  };
  try {
    const artifact = await ComponentArtifact.load("x.wasm", bytes, store);
    const started = await artifact.start({
      imports,
      memoryMiB: 16,
      waits: () => false,
      check,
      now: () => 0,
      pace,
    });
    return await (started.exports as unknown as { run(): Promise<number> }).run();
  } catch {
    return checks > 20 ? "ended" : "trap";
  }
}

test("a component with damaged code does the same when it is flattened", async () => {
  // The host for Node starts modules, and calls no function of theirs for it.
  const { starting: _, ...others } = sampleTexts;
  const undamaged = await Promise.all(Object.values(others).map((text) => parseWat(text)));
  const counts = { number: 0, trap: 0 };
  for (let run = 0; run < 2_000; run += 1) {
    const random = randomOf(run);
    const bytes = damageCode(undamaged[run % undamaged.length]!, random);
    if (!refusedOrValid(bytes)) continue;
    const linked = await outcome(bytes);
    const flattened = await outcome(flattenComponent({ name: "x.wasm", bytes }), flattenedStore());
    if (linked === "ended" || flattened === "ended") continue;
    expect(flattened, `input ${run}: ${Buffer.from(bytes).toString("hex")}`).toBe(linked);
    counts[linked === "trap" ? "trap" : "number"] += 1;
  }
  expect(counts.number).toBeGreaterThan(100);
  expect(counts.trap).toBeGreaterThan(20);
});
