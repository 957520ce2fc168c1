import { createHash } from "node:crypto";
import { writeBinary } from "@busbar/host/component";
import { expect, test } from "vitest";
import { coreModule } from "../../registry/test/support/component-bytes.ts";
import { busbar, folderOf, slow } from "./support/busbar.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

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
