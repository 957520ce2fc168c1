import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { busbar, folderOf, slow } from "./support/busbar.ts";

describe("busbar build", { timeout: 2 * slow }, () => {
  test("builds a driver package into a folder of choice", async () => {
    using folder = folderOf({});
    const args = ["build", "packages/bme280", "--engine", "quickjs", "--out", folder.path, "--json"];
    const { code, stdout, stderr } = await busbar(args);
    expect(stderr).toBe("");
    const component = join(folder.path, "bme280.wasm");
    expect(JSON.parse(stdout)).toMatchObject({
      name: "@busbar/bme280",
      world: "i2c-sensor-driver",
      engine: "quickjs",
      component,
      bytes: readFileSync(component).length,
      exports: ["busbar:device/sensor@0.1.0"],
    });
    expect(readdirSync(folder.path).sort()).toEqual([
      "bme280-spi.wasm",
      "bme280-streaming.wasm",
      "bme280.wasm",
    ]);
    expect(code).toBe(0);
  });
});

test("busbar schema prints the JSON schema", { timeout: slow }, async () => {
  const { code, stdout } = await busbar(["schema"]);
  expect(JSON.parse(stdout)).toMatchObject({ type: "object", properties: { devices: {} } });
  expect(code).toBe(0);
});

test("busbar --version", { timeout: slow }, async () => {
  expect(await busbar(["--version"])).toEqual({ code: 0, stdout: "0.1.0\n", stderr: "" });
});
