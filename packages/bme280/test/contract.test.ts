/** What every sensor must do: @busbar/contract. */

import { join } from "node:path";
import { sensorContract } from "@busbar/contract";
import { Registers } from "@busbar/sim";
import { BME280, bme280Options } from "../src/bme280.ts";
import {
  Bme280,
  type Bme280Calibration,
  DEFAULT_CALIBRATION,
  encodeCalibration,
  physicalSource,
} from "../src/model.ts";

function specimen(
  calibration: Bme280Calibration,
  reading: { temperature: number; pressure: number; humidity: number },
) {
  const source = physicalSource(calibration, reading);
  return {
    reading,
    make: (clock: ConstructorParameters<typeof Bme280>[1]) =>
      new Bme280({ chip: "bme280", calibration: encodeCalibration(calibration), source }, clock),
  };
}

const common = {
  definition: { options: bme280Options, driver: BME280 },
  component: join(import.meta.dirname, "../dist/bme280.wasm"),
  address: 0x76,
  specimens: [
    specimen(DEFAULT_CALIBRATION, { temperature: 21.5, pressure: 101_325, humidity: 45 }),
    specimen(
      { ...DEFAULT_CALIBRATION, T1: DEFAULT_CALIBRATION.T1 - 400, H2: DEFAULT_CALIBRATION.H2 + 20 },
      { temperature: -11, pressure: 95_000, humidity: 71 },
    ),
  ],
  badSettings: [{ filter: "3" }, { "temperature-oversampling": "off" }, { "standby-ms": 1 }, { mode: "" }],
  wrongDevice: () => new Registers({ contents: new Map([[0xd0, 0x61]]) }),
  // Without oversampling a step is 2.6 Pa.
  tolerances: { pressure: 1.5 },
} as const;

sensorContract("BME280, forced", common);
sensorContract("BME280, normal", { ...common, settings: { mode: "normal", "standby-ms": 62.5 } });
