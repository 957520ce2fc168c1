import type { ExpectedTransaction } from "@busbar/guest/playback";
import { describe, expect, test } from "vitest";
import { type BME280Options, maximumMeasurementTimeMs } from "../src/bme280.ts";
import { openBME280, openBMP280, readForced } from "./chip.ts";
import { payload, play } from "./play.ts";

describe("options", () => {
  const oversampling = [
    [1, 0b001],
    [2, 0b010],
    [4, 0b011],
    [8, 0b100],
    [16, 0b101],
  ] as const;

  test.each(oversampling)("temperature oversampling %i", (temperatureOversampling, bits) => {
    play([...openBME280(), ...readForced({ ctrlMeas: (bits << 5) | 0b001_01 })], (open) =>
      open({ temperatureOversampling }).read(),
    );
  });

  test.each(oversampling)("pressure oversampling %i", (pressureOversampling, bits) => {
    play([...openBME280(), ...readForced({ ctrlMeas: 0b001_000_01 | (bits << 2) })], (open) =>
      open({ pressureOversampling }).read(),
    );
  });

  test.each([...oversampling, ["off", 0] as const])(
    "humidity oversampling %s",
    (humidityOversampling, ctrlHum) => {
      play(openBME280({ ctrlHum }), (open) => open({ humidityOversampling }));
    },
  );

  test.each([
    ["off", 0b000],
    [2, 0b001],
    [4, 0b010],
    [8, 0b011],
    [16, 0b100],
  ] as const)("filter %s", (filter, bits) => {
    play(openBME280({ config: 0b101_000_00 | (bits << 2) }), (open) => open({ filter }));
  });

  const shared = [
    [0.5, 0b000] as const,
    [62.5, 0b001] as const,
    [125, 0b010] as const,
    [250, 0b011] as const,
  ];
  const longer = [[500, 0b100] as const, [1000, 0b101] as const];
  test.each([...shared, ...longer, [10, 0b110], [20, 0b111]] as const)(
    "standby %d ms of a BME280",
    (standbyMs, t_sb) => {
      play(openBME280({ config: t_sb << 5 }), (open) => open({ standbyMs }));
    },
  );
  test.each([...shared, ...longer, [2000, 0b110], [4000, 0b111]] as const)(
    "standby %d ms of a BMP280",
    (standbyMs, t_sb) => {
      play(openBMP280({ config: t_sb << 5 }), (open) => open({ standbyMs }));
    },
  );

  test.each([
    { filter: 3 },
    { mode: "sleep" },
    { temperatureOversampling: "off" },
    { temperatureOversampling: 3 },
    { pressureOversampling: "1" },
    { humidityOversampling: 0 },
    { standbyMs: 1 },
    { oversampling: 1 },
  ])("%o is refused, and nothing reaches the bus", (options) => {
    play([], (open) => expect(payload(() => open(options as object)).tag).toBe("invalid-argument"));
  });

  /** BMP280 3.8.1, table 13, maximum. */
  test.each([
    [1, 1, 6.4],
    [2, 1, 8.7],
    [4, 1, 13.3],
    [8, 1, 22.5],
    [16, 2, 43.2],
  ] as const)(
    "pressure ×%i and temperature ×%i take %d ms",
    (pressureOversampling, temperatureOversampling, ms) => {
      const options = { ...defaults, pressureOversampling, temperatureOversampling };
      expect(maximumMeasurementTimeMs(options, false)).toBeCloseTo(ms, 1);
      expect(maximumMeasurementTimeMs({ ...options, humidityOversampling: "off" })).toBeCloseTo(ms, 1);
    },
  );

  test("humidity takes its time, pressure that is off takes none", () => {
    expect(maximumMeasurementTimeMs({ ...defaults, humidityOversampling: 16 })).toBeCloseTo(43.8, 9);
    expect(maximumMeasurementTimeMs({ ...defaults, pressureOversampling: "off" })).toBeCloseTo(6.425, 9);
  });

  const defaults: BME280Options = {
    mode: "forced",
    temperatureOversampling: 1,
    pressureOversampling: 1,
    humidityOversampling: 1,
    filter: "off",
    standbyMs: 1000,
  };
});

describe("channels", () => {
  const channels = (options: Partial<BME280Options>, expected: ExpectedTransaction[]) =>
    play(expected, (open) => open(options).channels);

  test("have the ranges of the data sheet", () => {
    expect(channels({}, openBME280())).toEqual([
      { quantity: "temperature", label: "temperature", minimum: -40, maximum: 85, resolution: 0.005 },
      { quantity: "pressure", label: "pressure", minimum: 30000, maximum: 110000, resolution: 2.62 },
      { quantity: "relative-humidity", label: "humidity", minimum: 0, maximum: 100, resolution: 0.008 },
    ]);
  });

  test("resolve more with more oversampling", () => {
    const options = { temperatureOversampling: 4, pressureOversampling: 16 } as const;
    expect(channels(options, openBME280()).map(({ resolution }) => resolution)).toEqual([
      0.0012, 0.16, 0.008,
    ]);
  });

  test("resolve most with a filter, but not on a BMP280 (5.2, table 17)", () => {
    const resolutions = (expected: ExpectedTransaction[]) =>
      channels({ filter: 2 }, expected).map(({ resolution }) => resolution);
    expect(resolutions(openBME280({ config: 0b101_001_00 }))).toEqual([0.0003, 0.16, 0.008]);
    expect(resolutions(openBMP280({ config: 0b101_001_00 }))).toEqual([0.005, 2.62]);
  });
});
