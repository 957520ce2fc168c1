import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { flattenComponent } from "@busbar/build";
import { parseBoard } from "@busbar/host";
import { planComponent } from "@busbar/host/component";
import { describe, expect, test } from "vitest";
import { componentBytes, coreModule } from "../../../registry/test/support/component-bytes.ts";
import { bme280, busbar, flattens, folderOf, isOwnCommand, slow, workspace } from "../support/busbar.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** The core modules that the command makes of a component: of a flattened one, it is one. */
function modulesOf(component: string): readonly Uint8Array[] {
  const bytes = readFileSync(component);
  return flattens ? [flattenComponent({ name: basename(component), bytes })] : planComponent(bytes).modules;
}

describe("busbar inspect", { timeout: slow }, () => {
  test("an installed package, as JSON", async () => {
    const { code, stdout } = await busbar(["inspect", "@busbar/bme280", "--json"]);
    const bytes = readFileSync(bme280);
    const inspection = JSON.parse(stdout);
    expect(inspection).toMatchObject({
      file: bme280,
      metadata: { name: "@busbar/bme280", version: "0.1.0", licenses: "Apache-2.0" },
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      exports: [{ name: "busbar:device/sensor@0.1.0", device: "sensor" }],
      devices: { "my-sensor": { driver: "@busbar/bme280", i2c: { bus: 1, address: "0x76" } } },
    });
    expect(inspection.imports).toContainEqual({
      name: "wasi:i2c/i2c@0.2.0-draft",
      grant: '"i2c": { "bus": 1, "address": "0x76" }',
    });
    expect(inspection.imports).toContainEqual({ name: "busbar:board/settings@0.1.0", grant: "" });
    expect(() => parseBoard({ devices: inspection.devices })).not.toThrow();
    expect(code).toBe(0);
  });

  test("for people: the entry can be pasted into a board file", async () => {
    const { stdout } = await busbar(["inspect", join(workspace, "packages/bme280")]);
    expect(stdout).toMatch(/^@busbar\/bme280 0\.1\.0\n {2}description +Bosch/);
    expect(stdout).toContain('  wasi:i2c/i2c@0.2.0-draft     granted by "i2c"\n');
    expect(stdout).toContain(
      '"my-sensor": {\n    "driver": "@busbar/bme280",\n    "i2c": { "bus": 1, "address": "0x76" }\n  }',
    );
  });

  test("a file beside needs no ./", async () => {
    using folder = folderOf({
      "i2c.wasm": componentBytes(["busbar:device/errors@0.1.0"], ["busbar:device/sensor@0.1.0"]),
    });
    const { stdout } = await busbar(["inspect", "i2c.wasm", "--json"], { cwd: folder.path });
    expect(JSON.parse(stdout).devices).toEqual({ "my-sensor": { driver: "./i2c.wasm" } });
  });

  test("what nothing can grant is said, and is no driver to paste", async () => {
    const greedy = componentBytes(["wasi:filesystem/types@0.2.0"], ["busbar:device/sensor@0.1.0"]);
    using folder = folderOf({ "greedy.wasm": greedy });
    const { code, stdout } = await busbar(["inspect", "greedy.wasm"], { cwd: folder.path });
    expect(stdout).toContain("wasi:filesystem/types@0.2.0  nothing can grant this");
    expect(stdout).toContain("No board file can grant all of that; use another driver.");
    expect(code).toBe(0);
  });

  test("names in a component cannot drive the terminal", async () => {
    using folder = folderOf({ "evil.wasm": componentBytes(["a:b/\u001B[2Jc\nd"], []) });
    const { stdout, stderr } = await busbar(["inspect", "evil.wasm"], { cwd: folder.path });
    // "busbar flatten" makes nothing of it.
    const refusal = flattens
      ? "./evil.wasm is not flattened"
      : '"a:b/\\u{1b}[2Jc\\u{a}d" is no name of an import or export';
    expect(stderr).toContain(refusal);
    expect(stdout + stderr).not.toContain("\u001B");
  });

  test("what is no component has exit code 4", async () => {
    using folder = folderOf({ "core.wasm": coreModule, "cut.wasm": readFileSync(bme280).subarray(0, 1000) });
    const inFolder = { cwd: folder.path };
    const results = await Promise.all([
      busbar(["inspect", "core.wasm"], inFolder),
      busbar(["inspect", "cut.wasm"], inFolder),
      busbar(["inspect", "missing.wasm"], inFolder),
      busbar(["inspect", "/dev/zero"], inFolder),
      busbar(["inspect", "@busbar/nothing"], inFolder),
      busbar(["inspect", "."], inFolder),
    ]);
    expect(results.map(({ stderr }) => stderr.replaceAll(folder.path, "FOLDER"))).toEqual([
      "busbar: ./core.wasm is a core WebAssembly module, not a component; build it with busbar build.\n",
      flattens
        ? "busbar: ./cut.wasm is not flattened, which this host needs; " +
          'run "busbar flatten FOLDER/cut.wasm --out FOLDER/cut.core.wasm".\n'
        : expect.stringMatching(
            /^busbar: \.\/cut\.wasm cannot be linked: .* \(at byte \d+\); use another build of it\.\n$/,
          ),
      'busbar: the component FOLDER/missing.wasm does not exist; name another, or build it with "busbar build".\n',
      'busbar: the component /dev/zero cannot be read: it is a device, and no file; name the component that "busbar build" made.\n',
      "busbar: the driver @busbar/nothing is not installed where the board file is; run " +
        '"npm install @busbar/nothing" there.\n',
      'busbar: . is no driver package: it has no package.json with "busbar": { "component" }.\n',
    ]);
    for (const { code } of results) expect(code).toBe(4);
  });

  test("what the host makes of the code: memory, and the core modules by digest", async () => {
    const { code } = JSON.parse((await busbar(["inspect", "@busbar/bme280", "--json"])).stdout);
    expect(code.problem).toBeNull();
    expect(code.modules).toEqual(
      modulesOf(bme280).map((module) => ({
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

  test.skipIf(isOwnCommand).each(["bme280", "weather-station", "mass-storage"])(
    "%s: the same document as that of the command for Node",
    async (name) => {
      const args = ["inspect", join(workspace, `packages/${name}/dist/${name}.wasm`)];
      const own = await busbar([...args, "--json"], { own: true });
      const [expected, found] = [own, await busbar([...args, "--json"])].map(({ stdout }) =>
        JSON.parse(stdout),
      );
      // Each has a compressor of its own; the one for small devices has none.
      if (flattens) expect(found.gzipBytes).toBeNull();
      else expect(found.gzipBytes / expected.gzipBytes).toBeCloseTo(1, 1);
      // What comes of a component when it is flattened is tested above.
      const comparable = (document: typeof found) => ({
        ...document,
        gzipBytes: 0,
        ...(flattens && { code: { ...document.code, modules: [] } }),
      });
      expect(comparable(found)).toEqual(comparable(expected));
      expect(Object.keys(found)).toEqual(Object.keys(expected));
      const unsized = ({ stdout }: { stdout: string }) => {
        const text = stdout.replace(/, [\d.]+ [kM]B compressed/, "");
        return flattens ? text.replaceAll(/^ +[\d.]+ [kM]B {2}[0-9a-f]{64}.*\n/gm, "") : text;
      };
      expect(unsized(await busbar(args))).toBe(unsized(await busbar(args, { own: true })));
    },
  );
});
