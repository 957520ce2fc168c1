/** What every sensor must do: @busbar/contract. */

import { join } from "node:path";
import { i2cAt, sensorContract } from "@busbar/contract";
import { Registers } from "@busbar/sim";
import { Tmp102 } from "../src/model.ts";
import { TMP102, tmp102Options } from "../src/tmp102.ts";

/** @param steps of 1/16 °C */
function specimen(steps: number) {
  return {
    reading: { temperature: steps / 16 },
    make: (clock: ConstructorParameters<typeof Tmp102>[1]) => new Tmp102({ source: () => steps }, clock),
  };
}

const common = {
  definition: { options: tmp102Options, driver: TMP102 },
  component: join(import.meta.dirname, "../dist/tmp102.wasm"),
  wiring: i2cAt(0x48),
  specimens: [specimen(25 * 16 + 1), specimen(-40 * 16 - 7)],
  badSettings: [
    { mode: "forced" },
    { "rate-hz": 2 },
    { "fault-queue": 3 },
    { "alert-high": 151, "extended-mode": true },
    { "alert-high": 128, "extended-mode": false },
    { "alert-low": 81 },
    { "alert-low": "cold" },
    { "thermostat-mode": "pulse" },
    { "alert-polarity": "high" },
    { "extended-mode": 13 },
  ],
  // The configuration register of an LM75 is one byte, and it follows with others: no bits that are always 1.
  wrongDevice: () => new Registers({ contents: new Map([[0x01, 0x00]]) }),
} as const;

sensorContract("TMP102, one-shot", common);
sensorContract("TMP102, continuous", { ...common, settings: { mode: "continuous", "rate-hz": 8 } });
sensorContract("TMP102 in extended mode, at its last address", {
  ...common,
  wiring: i2cAt(0x4b),
  settings: { "extended-mode": true },
  specimens: [specimen(150 * 16), specimen(-55 * 16)],
});
