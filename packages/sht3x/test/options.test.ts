import { payload } from "@busbar/contract";
import { describe, expect, test } from "vitest";
import { openSHT3x, play } from "./chip.ts";

describe("options", () => {
  test.each([
    { mode: "forced" },
    { repeatability: "best" },
    { rateHz: 5 },
    { rateHz: "1" },
    { clockStretching: 1 },
    { heater: "true" },
    { heater: true, mode: "periodic" },
    { heater: true, mode: "accelerated" },
    { averaging: 2 },
  ])("%o is refused, and nothing reaches the bus", (options) => {
    play([], (open) => expect(payload(() => open(options as object)).tag).toBe("invalid-argument"));
  });

  test("a heater in periodic mode is explained", () => {
    play([], (open) => {
      expect(payload(() => open({ heater: true, mode: "periodic" })).val).toBe(
        "The heater works in single-shot mode only; set mode to single-shot, or heater to false.",
      );
    });
  });
});

test("channels have the ranges of the formulas, and one step of the scale", () => {
  const [temperature, humidity] = play(openSHT3x(), (open) => open().channels);
  expect(temperature).toEqual({
    quantity: "temperature",
    label: "temperature",
    minimum: -45,
    maximum: 130,
    resolution: expect.closeTo(0.00267, 5),
  });
  expect(humidity).toEqual({
    quantity: "relative-humidity",
    label: "humidity",
    minimum: 0,
    maximum: 100,
    resolution: expect.closeTo(0.00153, 5),
  });
});
