/** What every sensor must do: @busbar/contract. */

import { join } from "node:path";
import { onUart, sensorContract, type UartSpecimen, uartLineFaults } from "@busbar/contract";
import { MHZ19B, mhz19bOptions } from "../src/mh-z19b.ts";
import { InfraredCo2 } from "../src/model.ts";

function specimen(co2: number) {
  return {
    reading: { co2 },
    make: (clock: UartSpecimen["clock"]): UartSpecimen => ({
      clock,
      part: new InfraredCo2({ concentration: co2, range: 5000, answerMs: 20 }, clock.now()),
    }),
  };
}

const settings = [{}, { range: 5000, "automatic-baseline-correction": "off" }];
for (const each of settings) {
  sensorContract(`MH-Z19B with the settings ${JSON.stringify(each)}`, {
    definition: { options: mhz19bOptions, driver: MHZ19B },
    component: join(import.meta.dirname, "../dist/mh-z19b.wasm"),
    wiring: onUart(),
    settings: each,
    specimens: [specimen(544), specimen(4711)],
    badSettings: [{ range: 3000 }, { "automatic-baseline-correction": "yes" }, { "warm-up-s": -1 }],
    // An error that cost no byte of the answer costs no reading.
    retried: uartLineFaults,
    tolerances: { co2: 0 },
  });
}
