/** What every sensor must do: @busbar/contract. */

import { join } from "node:path";
import { i2cAt, sensorContract, withLines } from "@busbar/contract";
import { Registers } from "@busbar/sim";
import { HTS221, hts221Options } from "../src/hts221.ts";
import { HTS221DataReady, hts221DataReadyOptions } from "../src/hts221-data-ready.ts";
import { encodeCalibration, Hts221, type Hts221Calibration, type Hts221Raw } from "../src/model.ts";

function specimen(
  calibration: Hts221Calibration,
  raw: Hts221Raw,
  reading: { temperature: number; humidity: number },
) {
  return {
    reading,
    make: (clock: ConstructorParameters<typeof Hts221>[1]) =>
      new Hts221({ calibration: encodeCalibration(calibration), source: () => raw }, clock),
  };
}

const common = {
  definition: { options: hts221Options, driver: HTS221 },
  component: join(import.meta.dirname, "../dist/hts221.wasm"),
  wiring: i2cAt(0x5f),
  specimens: [
    specimen(
      {
        ...{ H0_rH_x2: 60, H1_rH_x2: 140, T0_degC_x8: 160, T1_degC_x8: 288 },
        ...{ H0_T0_OUT: 0, H1_T0_OUT: -10_000, T0_OUT: 0, T1_OUT: 1000 },
      },
      { temperature: 250, humidity: -5000 },
      { temperature: 24, humidity: 50 },
    ),
    specimen(
      {
        ...{ H0_rH_x2: 50, H1_rH_x2: 150, T0_degC_x8: 800, T1_degC_x8: 80 },
        ...{ H0_T0_OUT: -32_768, H1_T0_OUT: 32_232, T0_OUT: 9000, T1_OUT: 0 },
      },
      { temperature: 1000, humidity: -6768 },
      { temperature: 20, humidity: 45 },
    ),
  ],
  badSettings: [
    { mode: "forced" },
    { "rate-hz": 12 },
    { "temperature-average": 512 },
    { "humidity-average": 2 },
    { heater: "on" },
  ],
  wrongDevice: () => new Registers({ contents: new Map([[0x0f, 0xbd]]) }),
} as const;

sensorContract("HTS221, one-shot", common);
sensorContract("HTS221, continuous", {
  ...common,
  settings: { mode: "continuous", "rate-hz": 12.5 },
  // Nearly a period: some waiting is left, and the faults strike it as well.
  beforeReadMs: 70,
});
sensorContract("HTS221 with its heater", { ...common, settings: { heater: true } });

const onLine = {
  ...common,
  definition: { options: hts221DataReadyOptions, driver: HTS221DataReady },
  component: join(import.meta.dirname, "../dist/hts221-data-ready.wasm"),
  badSettings: [{ "rate-hz": 12 }, { "open-drain": "yes" }, { mode: "continuous" }],
} as const;
sensorContract("HTS221 with DRDY", {
  ...onLine,
  wiring: withLines(i2cAt(0x5f), { "data-ready": { direction: "in" } }),
  settings: { "rate-hz": 12.5 },
});
sensorContract("HTS221 with DRDY that pulls down", {
  ...onLine,
  wiring: withLines(i2cAt(0x5f), {
    "data-ready": { direction: "in", activeLevel: "active-low", pull: "up" },
  }),
  settings: { "open-drain": true },
});
