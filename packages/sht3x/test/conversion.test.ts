import { describe, expect, test } from "vitest";
import { convertHumidity, convertTemperature, RESOLUTION } from "../src/conversion.ts";

/** Fifths and thirds of 2^16 - 1 are whole numbers, and so the formulas of 4.13 give plain values. */
describe("conversion", () => {
  test.each([
    [0, -45, 0],
    [0x3333, -10, 20],
    [0x5555, -45 + 175 / 3, 100 / 3],
    [0x6666, 25, 40],
    [0x9999, 60, 60],
    [0xcccc, 95, 80],
    [0xffff, 130, 100],
  ])("of %i is %d °C, %d %%RH", (word, celsius, humidity) => {
    expect(convertTemperature(word)).toBeCloseTo(celsius, 10);
    expect(convertHumidity(word)).toBeCloseTo(humidity, 10);
  });

  test("agrees with the data sheet's formula in °F (4.13)", () => {
    for (let word = 0; word <= 0xffff; word += 17) {
      const fahrenheit = -49 + (315 * word) / (2 ** 16 - 1);
      expect(Math.abs(convertTemperature(word) - (fahrenheit - 32) / 1.8)).toBeLessThan(1e-10);
    }
  });

  test("of every word is within the scale, and each is one step above the one before", () => {
    for (let word = 1; word <= 0xffff; word++) {
      const step = convertTemperature(word) - convertTemperature(word - 1);
      if (Math.abs(step - RESOLUTION.temperature) > 1e-10) expect.fail(`at ${word}`);
      const humidityStep = convertHumidity(word) - convertHumidity(word - 1);
      if (Math.abs(humidityStep - RESOLUTION.humidity) > 1e-10) expect.fail(`at ${word}`);
      if (convertHumidity(word) > 100) expect.fail(`at ${word}`);
    }
  });
});
