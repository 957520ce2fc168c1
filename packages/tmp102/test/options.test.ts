import { payload } from "@busbar/contract";
import { describe, expect, test } from "vitest";
import { DEFAULT, openTMP102, play } from "./chip.ts";

describe("options", () => {
  test.each([
    [0.25, 0x00],
    [1, 0x40],
    [4, 0x80],
    [8, 0xc0],
  ] as const)("%d conversions a second", (rateHz, configuration) => {
    play(openTMP102({ configuration }), (open) => open({ rateHz }));
  });

  test.each([
    [1, 0x0000],
    [2, 0x0800],
    [4, 0x1000],
    [6, 0x1800],
  ] as const)("a fault queue of %i", (faultQueue, bits) => {
    play(openTMP102({ configuration: DEFAULT | bits }), (open) => open({ faultQueue }));
  });

  test.each([
    [{ alertPolarity: "active-high" }, 0x0400],
    [{ alertPolarity: "active-low" }, 0x0000],
    [{ thermostatMode: "interrupt" }, 0x0200],
    [{ thermostatMode: "comparator" }, 0x0000],
  ] as const)("%o", (options, bits) => {
    play(openTMP102({ configuration: DEFAULT | bits }), (open) => open(options));
  });

  test("alert limits in both formats", () => {
    play(openTMP102({ low: 0xc900, high: 0x7f00 }), (open) => open({ alertLow: -55, alertHigh: 127 }));
    const extended = { configuration: DEFAULT | 0x10, low: 0xfff8 & ~0x7f, high: 0x4b00 };
    play(openTMP102(extended), (open) => open({ extendedMode: true, alertLow: -1, alertHigh: 150 }));
    play(openTMP102({ low: 0x1900, high: 0x1900 }), (open) => open({ alertLow: 25, alertHigh: 25 }));
  });

  test.each([
    { mode: "forced" },
    { rateHz: 2 },
    { rateHz: "4" },
    { extendedMode: "true" },
    { faultQueue: 3 },
    { thermostatMode: "therm" },
    { alertPolarity: "low" },
    { alertHigh: 151, extendedMode: true },
    { alertLow: -56 },
    { alertLow: 20.5 },
    { resolution: 12 },
  ])("%o is refused, and nothing reaches the bus", (options) => {
    play([], (open) => expect(payload(() => open(options as object)).tag).toBe("invalid-argument"));
  });

  test.each([
    [{ alertLow: 81 }, "The option alert-low is 81, but must not be above alert-high, which is 80."],
    [{ alertHigh: 128 }, "The option alert-high is 128, but above 127 it needs extended-mode true."],
  ])("%o is explained", (options, val) => {
    play([], (open) => expect(payload(() => open(options))).toEqual({ tag: "invalid-argument", val }));
  });
});

test("channels have the ranges of the data sheet's tables", () => {
  const temperature = { quantity: "temperature", label: "temperature", minimum: -55, resolution: 0.0625 };
  expect(play(openTMP102(), (open) => open().channels)).toEqual([{ ...temperature, maximum: 127.9375 }]);
});
