import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { planComponent, writeBinary } from "@busbar/host/component";
import { expect, test } from "vitest";
import { coreModule } from "../../registry/test/support/component-bytes.ts";
import { bme280, busbar, folderOf, slow } from "./support/busbar.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

test("busbar inspect says what the host makes of the code: memory, and the core modules by digest", {
  timeout: slow,
}, async () => {
  const { code } = JSON.parse((await busbar(["inspect", "@busbar/bme280", "--json"])).stdout);
  const { modules } = planComponent(readFileSync(bme280));
  expect(code.problem).toBeNull();
  expect(code.modules).toEqual(
    modules.map((module) => ({
      bytes: module.length,
      sha256: sha256(module),
      instances: 1,
      memoryBytes: expect.any(Number),
    })),
  );
  const memories = code.modules.map((each: { memoryBytes: number }) => each.memoryBytes).filter(Boolean);
  expect(memories).toEqual([code.memoryBytes]);
  expect(code.memoryBytes % 65_536).toBe(0);
  const { stdout } = await busbar(["inspect", "@busbar/bme280"]);
  expect(stdout).toMatch(/\n {2}memory +1\.\d\d MiB at first\n/);
  expect(stdout).toMatch(/\ncode\n {2}this host can link it\n(?: +[\d.]+ [kM]B {2}[0-9a-f]{64}.*\n)+/);
});

test("what this host cannot link is said, with the reason and what there is of it", {
  timeout: slow,
}, async () => {
  // A memory of 64 bits; and a plan that does not work out.
  const module = Uint8Array.of(...coreModule.subarray(0, 8), 5, 3, 1, 4, 2);
  const wide = writeBinary({ definitions: [{ op: "core module", bytes: module }] });
  const torn = writeBinary({
    definitions: [
      { op: "component", component: { definitions: [{ op: "core module", bytes: module }] } },
      { op: "core instantiate", module: 7, args: [] },
    ],
  });
  using folder = folderOf({ "wide.wasm": wide, "torn.wasm": torn });
  const inspected = async (name: string) =>
    JSON.parse((await busbar(["inspect", name, "--json"], { cwd: folder.path })).stdout).code;
  const about = { bytes: 13, sha256: sha256(module), memoryBytes: null };
  const problem = "./wide.wasm cannot be linked: a core module has a 64-bit memory, which this host refuses.";
  expect(await inspected("wide.wasm")).toEqual({
    problem,
    memoryBytes: null,
    modules: [{ ...about, instances: 0 }],
  });
  expect(await inspected("torn.wasm")).toEqual({
    problem: "./torn.wasm cannot be linked: there is no core module 7; use another build of it.",
    memoryBytes: null,
    modules: [{ ...about, instances: null }],
  });
  const { code, stdout } = await busbar(["inspect", "wide.wasm"], { cwd: folder.path });
  expect(stdout).toContain(`code\n  ${problem}\n  1 kB`);
  expect(code).toBe(0);
});
