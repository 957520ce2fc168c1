/** What every sensor must do, source and component alike: @busbar/contract. */

import { join } from "node:path";
import { i2cAt, sensorContract } from "@busbar/contract";
import { MyThermometer, myThermometerOptions } from "../src/my-thermometer.ts";
import { specimen } from "./specimen.ts";

sensorContract("MyThermometer", {
  definition: { options: myThermometerOptions, driver: MyThermometer },
  component: join(import.meta.dirname, "../dist/my-thermometer.wasm"),
  wiring: i2cAt(0x48),
  specimens: [specimen(21.5), specimen(-12.25)],
  badSettings: [{ "rate-hz": 2 }, { "rate-hz": "fast" }],
});
