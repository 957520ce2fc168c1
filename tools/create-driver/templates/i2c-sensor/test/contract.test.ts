/** What every sensor must do, source and component alike: @busbar/contract. */

import { join } from "node:path";
import { i2cAt, sensorContract } from "@busbar/contract";
import { Registers } from "@busbar/sim";
import { MySensor, mySensorOptions } from "../src/my-sensor.ts";
import { specimen } from "./specimen.ts";

sensorContract("MySensor", {
  definition: { options: mySensorOptions, driver: MySensor },
  component: join(import.meta.dirname, "../dist/my-sensor.wasm"),
  wiring: i2cAt(0x48),
  specimens: [specimen(21.5), specimen(-12.25)],
  badSettings: [{ "rate-hz": 2 }, { "rate-hz": "fast" }],
  wrongDevice: () => new Registers({ contents: new Map([[0x0f, 0x60]]) }),
});
