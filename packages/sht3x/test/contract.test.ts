/** What every sensor must do: @busbar/contract. */

import { join } from "node:path";
import { i2cAt, sensorContract } from "@busbar/contract";
import type { I2cTarget } from "@busbar/sim";
import { Sht3x, type Sht3xRaw } from "../src/model.ts";
import { SHT3x, sht3xOptions } from "../src/sht3x.ts";

function specimen(raw: Sht3xRaw, reading: { temperature: number; humidity: number }) {
  return {
    reading,
    make: (clock: ConstructorParameters<typeof Sht3x>[1]) => new Sht3x({ source: () => raw }, clock),
  };
}

/** Acknowledges everything and sends a word of zeros with its right checksum: a status without a reset. */
class Obliging implements I2cTarget {
  #sent = 0;
  start(): boolean {
    this.#sent = 0;
    return true;
  }
  write(): boolean {
    return true;
  }
  read(): number {
    this.#sent += 1;
    return this.#sent % 3 === 0 ? 0x81 : 0;
  }
  stop(): void {}
}

const common = {
  definition: { options: sht3xOptions, driver: SHT3x },
  component: join(import.meta.dirname, "../dist/sht3x.wasm"),
  wiring: i2cAt(0x44),
  specimens: [
    // A fifth of 2^16 - 1 is a whole number: 2/5 of 175 °C above -45 °C, 1/5 of 100 %RH.
    specimen({ temperature: 26_214, humidity: 13_107 }, { temperature: 25, humidity: 20 }),
    specimen({ temperature: 13_107, humidity: 52_428 }, { temperature: -10, humidity: 80 }),
  ],
  badSettings: [
    { mode: "forced" },
    { repeatability: "highest" },
    { "rate-hz": 5 },
    { "clock-stretching": 1 },
    { heater: "on" },
    { heater: true, mode: "periodic" },
    { heater: true, mode: "accelerated" },
  ],
  wrongDevice: () => new Obliging(),
} as const;

/** "No data yet" is what the part says by not acknowledging (4.6). */
const periodic = {
  ...common,
  retried: ["no-acknowledge-address", "no-acknowledge"],
  beforeReadMs: 2000,
} as const;

/** Copies of the part say so as well, when they need longer than they may. */
const single = { ...common, retried: ["no-acknowledge-address", "no-acknowledge"] } as const;

sensorContract("SHT3x, single-shot", single);
sensorContract("SHT3x with clock stretching", { ...single, settings: { "clock-stretching": true } });
sensorContract("SHT3x at its other address, heated", {
  ...single,
  wiring: i2cAt(0x45),
  settings: { heater: true },
});
sensorContract("SHT3x, periodic", { ...periodic, settings: { mode: "periodic", "rate-hz": 0.5 } });
sensorContract("SHT3x, accelerated", { ...periodic, settings: { mode: "accelerated" } });
