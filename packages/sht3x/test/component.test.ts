/** The built component, through the host, on a simulated chip. */

import { join } from "node:path";
import { type Settings, simulatedBoard } from "@busbar/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const component = join(import.meta.dirname, "../dist/sht3x.wasm");

/** A board with one SHT3x of the simulator. */
function boardWith(parameters: object, settings: Settings = {}, address = "0x44") {
  return simulatedBoard({ component, address, model: "sht3x", parameters, settings });
}

describe("the component", () => {
  test("converts any words as the data sheet does (4.13)", async () => {
    const word = fc.integer({ min: 0, max: 0xffff });
    await fc.assert(
      fc.asyncProperty(word, word, async (temperature, humidity) => {
        await using board = await boardWith({ raw: { temperature, humidity } });
        const reading = await (await board.sensor("indoor")).read();
        // Of a whole number of steps, rounded nowhere.
        expect(reading.temperature! * 65535).toBeCloseTo(175 * temperature - 45 * 65535, 4);
        expect(reading.humidity! * 65535).toBeCloseTo(100 * humidity, 4);
      }),
      {
        seed: 20261122,
        numRuns: 50,
        examples: [
          [0, 0],
          [0xffff, 0xffff],
        ],
      },
    );
  });

  test.each([
    {},
    { repeatability: "low" },
    { repeatability: "medium", "clock-stretching": true },
    { heater: true },
    { mode: "periodic", "rate-hz": 0.5 },
    { mode: "periodic", "rate-hz": 10, repeatability: "low" },
    { mode: "accelerated" },
  ])("reads what the simulated room has, with %j", async (settings) => {
    await using board = await boardWith({ temperature: -12.5, humidity: 81 }, settings, "0x45");
    const sensor = await board.sensor("indoor");
    for (let index = 0; index < 3; index++) {
      const reading = await sensor.read();
      expect(Math.abs(reading.temperature! + 12.5)).toBeLessThan(0.0027);
      expect(Math.abs(reading.humidity! - 81)).toBeLessThan(0.0016);
    }
  });

  test("a wrong checksum is a protocol error, and the next reading works", async () => {
    // Open has five transactions; a reading has two, of which the second is the result.
    await using board = await boardWith({ temperature: 20, faults: [{ fault: "garbage", transaction: 7 }] });
    const sensor = await board.sensor("indoor");
    await expect(sensor.read()).rejects.toMatchObject({ code: "protocol" });
    expect((await sensor.read()).temperature).toBeCloseTo(20, 2);
  });

  test("a part that never has data is a timeout", async () => {
    // Open has six transactions here; then each second one asks for a result.
    await using board = await boardWith(
      { faults: [{ fault: "no-acknowledge-address", transaction: 8, every: 2 }] },
      { mode: "periodic", "rate-hz": 10 },
    );
    const sensor = await board.sensor("indoor");
    await expect(sensor.read()).rejects.toMatchObject({ code: "timeout" });
  });
});
