import { afterEach, expect, test } from "vitest";
import { buildPackage } from "../src/build.ts";
import type { Engine } from "../src/componentize.ts";
import { type TemporaryDriver, temporaryDriver } from "./driver.ts";
import { hasEngine } from "./micro/engine.ts";

let driver: TemporaryDriver | undefined;
afterEach(() => driver?.[Symbol.asyncDispose]());

const driverOf = (topLevel: string) =>
  `${topLevel}\nexport const sensor = { Device: class {}, open() { throw { tag: "unsupported", val: "" }; } };\n`;

/** All engines evaluate a module; each in another way. */
const engines: readonly Engine[] = ["quickjs", "starlingmonkey", ...(hasEngine ? (["micro"] as const) : [])];

test.for(engines)("a top level that never ends is ended: %s", { timeout: 60_000 }, async (engine) => {
  driver = await temporaryDriver({ "src/component.ts": driverOf("let count = 0; for (;;) count += 1;") });
  await expect(buildPackage(driver.folder, { engine, evaluationMs: 3_000 })).rejects.toThrow(
    "src/component.ts: the driver's module does not finish loading within 3 s; what loops at its top level belongs into " +
      "an exported function.",
  );
});

/** The others have a heap of their own, of a few MiB. */
const growing = ["quickjs", "starlingmonkey"] as const;

test.for(growing)("a top level that takes all memory is ended: %s", { timeout: 120_000 }, async (engine) => {
  const grow = "const kept: Uint8Array[] = []; for (;;) kept.push(new Uint8Array(1 << 24).fill(1));";
  driver = await temporaryDriver({ "src/component.ts": driverOf(grow) });
  await expect(buildPackage(driver.folder, { engine, evaluationMiB: 1000 })).rejects.toThrow(
    "src/component.ts: the driver's module takes more than 1000 MiB of memory while it is loaded.",
  );
});
