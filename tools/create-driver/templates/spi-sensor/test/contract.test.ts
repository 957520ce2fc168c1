/** What every sensor must do, source and component alike: @busbar/contract. */

import { join } from "node:path";
import { registersOnSpi, sensorContract } from "@busbar/contract";
import { RegistersOverSpi } from "@busbar/model";
import { Registers } from "@busbar/sim";
import { MySpiSensor, mySpiSensorOptions } from "../src/my-spi-sensor.ts";
import { specimen } from "./specimen.ts";

sensorContract("MySpiSensor", {
  definition: { options: mySpiSensorOptions, driver: MySpiSensor },
  component: join(import.meta.dirname, "../dist/my-spi-sensor.wasm"),
  wiring: registersOnSpi(),
  specimens: [specimen(21.5), specimen(-12.25)],
  badSettings: [{ "rate-hz": 2 }, { "rate-hz": "fast" }],
  wrongDevice: () => new RegistersOverSpi(new Registers({ contents: new Map([[0x0f, 0x60]]) })),
});
