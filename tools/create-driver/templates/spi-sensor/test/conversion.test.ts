import { expect, test } from "vitest";
import { convertTemperature } from "../src/conversion.ts";

/** FILL IN: the data sheet's own table or worked example. */
test.each([
  [0x0ac0, 21.5],
  [0x0001, 0.0078125],
  [0x0000, 0],
  [-0x0001, -0.0078125],
  [-0x1400, -40],
])("%i is %d °C", (content, celsius) => {
  expect(convertTemperature(content)).toBe(celsius);
});
