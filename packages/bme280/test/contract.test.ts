/** What every sensor must do: @busbar/contract. */

import { join } from "node:path";
import { i2cAt, registersOnSpi, sensorContract } from "@busbar/contract";
import { RegistersOverSpi } from "@busbar/model";
import { Registers } from "@busbar/sim";
import { BME280, bme280Options } from "../src/bme280.ts";
import {
  Bme280,
  type Bme280Calibration,
  Bme280SpiRegisters,
  DEFAULT_CALIBRATION,
  encodeCalibration,
  physicalSource,
} from "../src/model.ts";

type Clock = ConstructorParameters<typeof Bme280>[1];

function specimen(
  calibration: Bme280Calibration,
  reading: { temperature: number; pressure: number; humidity: number },
) {
  const source = physicalSource(calibration, reading);
  const options = { chip: "bme280", calibration: encodeCalibration(calibration), source } as const;
  return {
    reading,
    make: (clock: Clock) => new Bme280(options, clock),
    onSpi: (clock: Clock) => new RegistersOverSpi(new Bme280SpiRegisters(options, clock)),
  };
}

const specimens = [
  specimen(DEFAULT_CALIBRATION, { temperature: 21.5, pressure: 101_325, humidity: 45 }),
  specimen(
    { ...DEFAULT_CALIBRATION, T1: DEFAULT_CALIBRATION.T1 - 400, H2: DEFAULT_CALIBRATION.H2 + 20 },
    { temperature: -11, pressure: 95_000, humidity: 71 },
  ),
] as const;

const common = {
  definition: { options: bme280Options, driver: BME280 },
  component: join(import.meta.dirname, "../dist/bme280.wasm"),
  wiring: i2cAt(0x76),
  specimens,
  badSettings: [{ filter: "3" }, { "temperature-oversampling": "off" }, { "standby-ms": 1 }, { mode: "" }],
  wrongDevice: () => new Registers({ contents: new Map([[0xd0, 0x61]]) }),
  // Without oversampling a step is 2.6 Pa.
  tolerances: { pressure: 1.5 },
} as const;

sensorContract("BME280, forced", common);
sensorContract("BME280, normal", { ...common, settings: { mode: "normal", "standby-ms": 62.5 } });

const [first, second] = specimens;
const onSpi = {
  ...common,
  component: join(import.meta.dirname, "../dist/bme280-spi.wasm"),
  wiring: registersOnSpi(),
  specimens: [
    { ...first, make: first.onSpi },
    { ...second, make: second.onSpi },
  ],
  wrongDevice: () => new RegistersOverSpi(new Registers({ contents: new Map([[0x50, 0x61]]) })),
} as const;

sensorContract("BME280 on SPI, forced", onSpi);
sensorContract("BME280 on SPI, normal", { ...onSpi, settings: { mode: "normal", "standby-ms": 62.5 } });
