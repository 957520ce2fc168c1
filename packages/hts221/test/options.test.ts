import { payload } from "@busbar/contract";
import { describe, expect, test } from "vitest";
import { openHTS221, play } from "./chip.ts";
import vectors from "./vectors/hts221.json" with { type: "json" };

describe("options", () => {
  test.each([2, 4, 8, 16, 32, 64, 128, 256] as const)("temperature average %i", (temperatureAverage) => {
    const avgt = Math.log2(temperatureAverage) - 1;
    play(openHTS221({ avConf: (avgt << 3) | 0b011 }), (open) => open({ temperatureAverage }));
  });

  test.each([4, 8, 16, 32, 64, 128, 256, 512] as const)("humidity average %i", (humidityAverage) => {
    const avgh = Math.log2(humidityAverage) - 2;
    play(openHTS221({ avConf: (0b011 << 3) | avgh }), (open) => open({ humidityAverage }));
  });

  test("another driver's register values", () => {
    const [avConf, ctrl1] = vectors.register_values.map(({ value }) => Number(value));
    // The vector's part is still powered down.
    play(openHTS221({ avConf: avConf!, ctrl1: ctrl1! | 0x80 }), (open) =>
      open({ temperatureAverage: 64, humidityAverage: 32, mode: "continuous", rateHz: 12.5 }),
    );
  });

  test.each([
    { mode: "forced" },
    { rateHz: 0 },
    { rateHz: "7" },
    { temperatureAverage: 1 },
    { temperatureAverage: 512 },
    { humidityAverage: 2 },
    { humidityAverage: 1024 },
    { heater: "true" },
    { average: 4 },
  ])("%o is refused, and nothing reaches the bus", (options) => {
    play([], (open) => expect(payload(() => open(options as object)).tag).toBe("invalid-argument"));
  });
});

test("channels have the ranges and the sensitivity of the data sheet", () => {
  expect(play(openHTS221(), (open) => open().channels)).toEqual([
    { quantity: "temperature", label: "temperature", minimum: -40, maximum: 120, resolution: 0.016 },
    { quantity: "relative-humidity", label: "humidity", minimum: 0, maximum: 100, resolution: 0.004 },
  ]);
});
