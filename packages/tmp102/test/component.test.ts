/** The built component, through the host, on a simulated chip. */

import { join } from "node:path";
import { type Settings, simulatedBoard } from "@busbar/contract";
import { describe, expect, test } from "vitest";

const component = join(import.meta.dirname, "../dist/tmp102.wasm");

/** A board with one TMP102 of the simulator. */
function boardWith(parameters: object, settings: Settings = {}, address = "0x48") {
  return simulatedBoard({ component, address, model: "tmp102", parameters, settings });
}

async function readWith(model: object, settings: Settings = {}, address?: string) {
  await using board = await boardWith(model, settings, address);
  return (await (await board.sensor("indoor")).read()).temperature;
}

/** The °C of the data sheet's tables ("Temperature Register", "Extended Mode"), in steps of the part. */
const table = [127.9375, 100, 80, 75, 50, 25, 0.25, 0, -0.25, -25, -55];

describe("the component", () => {
  test.each(table)("reads %d °C in both formats", async (celsius) => {
    expect(await readWith({ raw: celsius * 16 })).toBe(celsius);
    expect(await readWith({ raw: celsius * 16 }, { "extended-mode": true })).toBe(celsius);
  });

  test.each([128, 150])("reads %d °C in extended mode; 12 bits end below it", async (celsius) => {
    expect(await readWith({ temperature: celsius }, { "extended-mode": true })).toBe(celsius);
    expect(await readWith({ temperature: celsius })).toBe(127.9375);
  });

  test.each(["0x48", "0x49", "0x4A", "0x4B"])("is at %s as well", async (address) => {
    expect(await readWith({ temperature: 21.5 }, {}, address)).toBe(21.5);
  });

  test.each([
    { mode: "continuous", "rate-hz": 0.25 },
    { mode: "continuous", "rate-hz": 8, "extended-mode": true },
    {
      "fault-queue": 6,
      "thermostat-mode": "interrupt",
      "alert-polarity": "active-high",
      "alert-high": 20,
      "alert-low": -5,
    },
  ])("reads what the simulated room has, with %j", async (settings) => {
    expect(await readWith({ temperature: -12.5 }, settings)).toBe(-12.5);
  });

  test("one-shot readings are of their own time, continuous ones of the last conversion", async () => {
    const temperature = { mean: 20, swing: 10, periodSeconds: 4 };
    for (const [mode, distinct] of [
      ["one-shot", 4],
      ["continuous", 1],
    ] as const) {
      await using board = await boardWith({ temperature }, { mode, "rate-hz": 0.25 });
      const sensor = await board.sensor("indoor");
      const readings = new Set<number>();
      for (let index = 0; index < 4; index++) readings.add((await sensor.read()).temperature!);
      expect(readings.size).toBe(distinct);
    }
  });
});
