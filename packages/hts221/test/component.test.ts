/** The built component, through the host, on a simulated chip. */

import { join } from "node:path";
import { type Settings, simulatedBoard } from "@busbar/contract";
import { describe, expect, test } from "vitest";
import vectors from "./vectors/hts221.json" with { type: "json" };

const component = join(import.meta.dirname, "../dist/hts221.wasm");

/** A board with one HTS221 of the simulator. */
function boardWith(parameters: object, settings: Settings = {}) {
  return simulatedBoard({ component, address: "0x5F", model: "hts221", parameters, settings });
}

describe("the component", () => {
  test.each(vectors.cases)("vector $name", async ({ input, raw, recomputed }) => {
    const calibration = { "0x30": input.registers_0x30_0x3F };
    await using board = await boardWith({
      calibration,
      raw: { temperature: raw.T_OUT, humidity: raw.H_OUT },
    });
    const sensor = await board.sensor("indoor");
    if (recomputed.temperature_C > 120) {
      // More than the part can measure (2, table 3).
      await expect(sensor.read()).rejects.toMatchObject({ code: "protocol" });
      return;
    }
    const reading = await sensor.read();
    expect(reading.temperature).toBeCloseTo(recomputed.temperature_C, 9);
    expect(reading.humidity).toBeCloseTo(recomputed.humidity_RH_clamped, 9);
  });

  test.each(["f3ff 0000 f3ff fdff fb02", "f3ff 0000 88cf fdff fdff"])(
    "has no value for a calibration with two points alike: %s",
    async (outputs) => {
      const calibration = { "0x30": `3a85a61600c4 ${outputs}` };
      await using board = await boardWith({ calibration, raw: { temperature: 0, humidity: 0 } });
      await expect(board.sensor("indoor")).rejects.toMatchObject({ code: "protocol" });
    },
  );

  test.each([
    {},
    { mode: "continuous", "rate-hz": 7 },
    { "temperature-average": 256, "humidity-average": 512, heater: true },
  ])("reads what the simulated room has, with %j", async (settings) => {
    await using board = await boardWith({ temperature: -12.5, humidity: 81 }, settings);
    const reading = await (await board.sensor("indoor")).read();
    // A step of the output registers.
    expect(Math.abs(reading.temperature! + 12.5)).toBeLessThan(0.016);
    expect(Math.abs(reading.humidity! - 81)).toBeLessThan(0.004);
  });

  test("in continuous mode each reading is another measurement", async () => {
    const humidity = { mean: 50, swing: 40, periodSeconds: 20 };
    await using board = await boardWith({ humidity }, { mode: "continuous" });
    const sensor = await board.sensor("indoor");
    const readings = new Set<number>();
    for (let index = 0; index < 5; index++) readings.add((await sensor.read()).humidity!);
    expect(readings.size).toBe(5);
  });

  test("takes a measurement of its longest time", async () => {
    await using board = await boardWith({ measurementMs: 999 });
    expect((await (await board.sensor("indoor")).read()).temperature).toBeCloseTo(22, 1);
  });
});
