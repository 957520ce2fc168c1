import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { componentBytes } from "../../registry/test/support/component-bytes.ts";
import { busbar, folderOf, slow } from "./support/busbar.ts";

/** An app with no code, and drivers with none: enough to be wired. */
const files = {
  "app.wasm": componentBytes(
    ["busbar:device/sensor@0.1.0", "wasi:clocks/monotonic-clock@0.2.0"],
    ["wasi:cli/run@0.2.0"],
  ),
  "sensor.wasm": componentBytes(["wasi:i2c/i2c@0.2.0-draft"], ["busbar:device/sensor@0.1.0"]),
  "other.wasm": componentBytes([], ["busbar:device/sensor@0.1.2"]),
  "display.wasm": componentBytes([], ["busbar:device/text-display@0.1.0"]),
};

describe("busbar compose", { timeout: slow }, () => {
  test("writes one component and says what it imports; inspect says how those are granted", async () => {
    using folder = folderOf(files);
    const cwd = folder.path;
    const args = ["compose", "app.wasm", "--plug", "sensor.wasm", "-o", "station.wasm", "--json"];
    const { code, stdout, stderr } = await busbar(args, { cwd });
    expect(stderr).toBe("");
    const component = join(cwd, "station.wasm");
    expect(JSON.parse(stdout)).toEqual({
      component,
      bytes: readFileSync(component).length,
      gzipBytes: expect.any(Number),
      imports: ["wasi:clocks/monotonic-clock@0.2.0", "wasi:i2c/i2c@0.2.0-draft"],
      exports: ["wasi:cli/run@0.2.0"],
    });
    expect(code).toBe(0);

    const inspected = await busbar(["inspect", "station.wasm"], { cwd });
    expect(inspected.stdout).toContain('wasi:i2c/i2c@0.2.0-draft           granted by "uses"');
    expect(inspected.stdout).toContain("wasi:clocks/monotonic-clock@0.2.0  always there");
    expect(inspected.stdout).toContain(
      'This is an app: it goes into "apps", with the devices that it "uses".',
    );
  });

  test("plugs that do not fit have exit code 4, and nothing is written", async () => {
    using folder = folderOf(files);
    const compose = (...plugs: string[]) =>
      busbar(["compose", "app.wasm", ...plugs.flatMap((plug) => ["--plug", plug]), "--out", "station.wasm"], {
        cwd: folder.path,
      });
    const results = await Promise.all([
      compose("sensor.wasm", "other.wasm"),
      compose("sensor.wasm", "display.wasm"),
      compose("missing.wasm"),
    ]);
    expect(results.map(({ stderr }) => stderr.replaceAll(folder.path, "FOLDER"))).toEqual([
      "busbar: ./sensor.wasm (busbar:device/sensor@0.1.0) and ./other.wasm (busbar:device/sensor@0.1.2) both export " +
        "busbar:device/sensor@0.1.0, which ./app.wasm imports; leave out one of them.\n",
      "busbar: ./display.wasm exports busbar:device/text-display@0.1.0, none of which ./app.wasm imports: it imports " +
        "busbar:device/sensor@0.1.0, wasi:clocks/monotonic-clock@0.2.0; leave that plug out.\n",
      'busbar: the component FOLDER/missing.wasm does not exist; name another, or build it with "busbar build".\n',
    ]);
    for (const { code } of results) expect(code).toBe(4);
    expect(existsSync(join(folder.path, "station.wasm"))).toBe(false);
  });

  test("without a plug or a file to write it is a usage error", async () => {
    using folder = folderOf(files);
    const results = await Promise.all([
      busbar(["compose", "app.wasm", "-o", "station.wasm"], { cwd: folder.path }),
      busbar(["compose", "app.wasm", "--plug", "sensor.wasm"], { cwd: folder.path }),
    ]);
    for (const { code } of results) expect(code).toBe(2);
  });
});
