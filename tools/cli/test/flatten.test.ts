import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { componentBytes } from "../../registry/test/support/component-bytes.ts";
import { busbar, folderOf, slow } from "./support/busbar.ts";

/** A driver with no code, and a file that is none. */
const files = {
  "sensor.wasm": componentBytes(["wasi:i2c/i2c@0.2.0-draft"], ["busbar:device/sensor@0.1.0"]),
  "text.wasm": Uint8Array.from(Buffer.from("no component")),
};

describe("busbar flatten", { timeout: slow }, () => {
  test("writes one core module, and says what it is of", async () => {
    using folder = folderOf(files);
    const cwd = folder.path;
    const { code, stdout, stderr } = await busbar(
      ["flatten", "sensor.wasm", "-o", "out/sensor.core.wasm", "--json"],
      {
        cwd,
      },
    );
    expect(stderr).toBe("");
    const module = join(cwd, "out/sensor.core.wasm");
    const bytes = readFileSync(module);
    expect(JSON.parse(stdout)).toEqual({
      module,
      bytes: bytes.length,
      gzipBytes: expect.any(Number),
      componentBytes: files["sensor.wasm"].length,
      imports: ["wasi:i2c/i2c@0.2.0-draft"],
      exports: ["busbar:device/sensor@0.1.0"],
    });
    expect([...bytes.subarray(0, 8)]).toEqual([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    expect(code).toBe(0);
  });

  test("the same for people", async () => {
    using folder = folderOf(files);
    const { stdout } = await busbar(["flatten", "sensor.wasm", "-o", "sensor.core.wasm"], {
      cwd: folder.path,
    });
    expect(stdout).toBe(`sensor.core.wasm
  size     1 kB, 1 kB compressed; the component has 1 kB
  imports  wasi:i2c/i2c@0.2.0-draft
  exports  busbar:device/sensor@0.1.0
`);
  });

  test("what is no component has exit code 4, and nothing is written", async () => {
    using folder = folderOf(files);
    const flatten = (name: string) => busbar(["flatten", name, "-o", "out.wasm"], { cwd: folder.path });
    const results = await Promise.all([flatten("text.wasm"), flatten("missing.wasm")]);
    expect(results.map(({ stderr }) => stderr.replaceAll(folder.path, "FOLDER"))).toEqual([
      "busbar: ./text.wasm is not a WebAssembly file; name a component built by busbar build.\n",
      'busbar: the component FOLDER/missing.wasm does not exist; name another, or build it with "busbar build".\n',
    ]);
    for (const { code } of results) expect(code).toBe(4);
    expect(existsSync(join(folder.path, "out.wasm"))).toBe(false);
  });

  test("without a file to write it is a usage error", async () => {
    using folder = folderOf(files);
    expect(await busbar(["flatten", "sensor.wasm"], { cwd: folder.path })).toMatchObject({ code: 2 });
  });
});
