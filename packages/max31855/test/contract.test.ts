/** What every sensor must do: @busbar/contract. */

import { join } from "node:path";
import { onSpi, sensorContract } from "@busbar/contract";
import { MAX31855, max31855Options } from "../src/max31855.ts";
import { Max31855 } from "../src/model.ts";

function specimen(thermocouple: number, internal: number) {
  return {
    reading: { thermocouple, internal },
    make: (clock: ConstructorParameters<typeof Max31855>[1]) =>
      new Max31855({ thermocouple: () => thermocouple * 4, internal: () => internal * 16 }, clock),
  };
}

sensorContract("MAX31855", {
  definition: { options: max31855Options, driver: MAX31855 },
  component: join(import.meta.dirname, "../dist/max31855.wasm"),
  wiring: onSpi(),
  specimens: [specimen(1345.75, 41.0625), specimen(-200.25, -20.5)],
  badSettings: [{ thermocouple: "B" }, { thermocouple: "k" }, { type: "K" }],
  wrongDevice: () => ({ select: () => {}, transfer: () => 0xaa, release: () => {} }),
  tolerances: { thermocouple: 0, internal: 0 },
});
