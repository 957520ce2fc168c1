/**
 * The flattened BME280 driver of each engine, in an engine that knows nothing but core WebAssembly, reads the data sheet's
 * worked example.
 */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SimulatedI2cBus, VirtualClock } from "@busbar/sim";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Bme280, rawSource } from "../../../../packages/bme280/src/model.ts";
import { buildPackage } from "../../src/build.ts";
import { flattenComponent } from "../../src/flatten/flatten.ts";
import { readSensor } from "./sensor-host.ts";
import { componentOf } from "./workspace.ts";

const packageFolder = join(import.meta.dirname, "../../../../packages/bme280");
const built = mkdtempSync(join(tmpdir(), "busbar-flatten-"));
const components = { quickjs: componentOf("bme280"), starlingmonkey: join(built, "bme280.wasm") };
const slow = 180_000;

beforeAll(async () => {
  await buildPackage(packageFolder, { engine: "starlingmonkey", outFolder: built });
}, slow);
afterAll(() => rmSync(built, { recursive: true }));

/** Calibration 4.2.2 and 8.1, adc_T 519888, adc_P 415148, and a humidity. */
const calibration = {
  from88: Buffer.from("706b436718fc7d8e43d6d00b270b8c00f9ff8c3cf8c67017004b", "hex"),
  fromE1: Buffer.from("6301001524031e", "hex"),
};
const raw = { temperature: 519_888, pressure: 415_148, humidity: 28_437 };

describe.each(["quickjs", "starlingmonkey"] as const)("%s", (engine) => {
  test("reads 25.0825 °C, 100653.258 Pa", () => {
    const clock = new VirtualClock();
    const model = new Bme280({ chip: "bme280", calibration, source: rawSource(raw) }, clock);
    const flattened = flattenComponent({ name: engine, bytes: readFileSync(components[engine]) });
    const channels = readSensor(flattened, {
      bus: new SimulatedI2cBus([[0x76, model]]),
      address: 0x76,
      settings: { "temperature-oversampling": "16", "pressure-oversampling": "16" },
      delay: (ns) => clock.advance(ns / 1e6),
    });
    expect(channels.map(({ label }) => label)).toEqual(["temperature", "pressure", "humidity"]);
    expect(channels[0]!.value.toFixed(4)).toBe("25.0825");
    expect(channels[1]!.value.toFixed(3)).toBe("100653.258");
  });
});
