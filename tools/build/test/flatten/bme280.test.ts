/** The flattened BME280 driver, on an engine with nothing but core WebAssembly, reads the data sheet's worked example. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Bme280, rawSource, SimulatedI2cBus, VirtualClock } from "@busbar/sim";
import { expect, test } from "vitest";
import { flattenComponent } from "../../src/flatten/flatten.ts";
import { readSensor } from "./sensor-host.ts";

const component = join(import.meta.dirname, "../../../../packages/bme280/dist/bme280.wasm");

/** Calibration 4.2.2 and 8.1, adc_T 519888, adc_P 415148, and a humidity. */
const calibration = {
  from88: Buffer.from("706b436718fc7d8e43d6d00b270b8c00f9ff8c3cf8c67017004b", "hex"),
  fromE1: Buffer.from("6301001524031e", "hex"),
};
const raw = { temperature: 519_888, pressure: 415_148, humidity: 28_437 };

test("the worked example: 25.0825 °C, 100653.258 Pa", () => {
  const clock = new VirtualClock();
  const model = new Bme280({ chip: "bme280", calibration, source: rawSource(raw) }, clock);
  const channels = readSensor(flattenComponent({ name: "bme280", bytes: readFileSync(component) }), {
    bus: new SimulatedI2cBus([[0x76, model]]),
    address: 0x76,
    settings: { "temperature-oversampling": "16", "pressure-oversampling": "16" },
    delay: (ns) => clock.advance(ns / 1e6),
  });
  expect(channels.map(({ label }) => label)).toEqual(["temperature", "pressure", "humidity"]);
  expect(channels[0]!.value.toFixed(4)).toBe("25.0825");
  expect(channels[1]!.value.toFixed(3)).toBe("100653.258");
});
