/** What every sensor must do: @busbar/contract. */

import { join } from "node:path";
import { onUart, type Settings, sensorContract, type UartSpecimen, uartLineFaults } from "@busbar/contract";
import { type UartPart, usualUartForm } from "@busbar/model";
import { ParticleCounter } from "../src/model.ts";
import { PMS5003, pms5003Options } from "../src/pms5003.ts";

const one = { pm1: 5, pm25: 12, pm10: 20, standardFactor: 1.5, numbers: [1200, 340, 55, 6, 2, 1] };
const other = { pm1: 300, pm25: 510, pm10: 1200, standardFactor: 1, numbers: [65_535, 40_000, 9, 0, 0, 0] };

/** Something that talks, and not as this part does. */
class Chatter implements UartPart {
  readonly form = usualUartForm;
  nextMs: number;

  constructor(beginMs: number) {
    this.nextMs = beginMs;
  }

  send(): Uint8Array {
    this.nextMs += 100;
    return new TextEncoder().encode("hello\r\n");
  }

  receive(): void {}
}

function specimen(air: typeof one, reading: Readonly<Record<string, number>>) {
  return {
    reading: { ...reading },
    make: (clock: UartSpecimen["clock"]): UartSpecimen => ({
      clock,
      part: new ParticleCounter({ ...air, intervalMs: 800 }, clock.now()),
    }),
  };
}

function contract(
  settings: Settings,
  readings: readonly [Readonly<Record<string, number>>, Readonly<Record<string, number>>],
) {
  sensorContract(`PMS5003 with the settings ${JSON.stringify(settings)}`, {
    definition: { options: pms5003Options, driver: PMS5003 },
    component: join(import.meta.dirname, "../dist/pms5003.wasm"),
    wiring: onUart(),
    settings,
    specimens: [specimen(one, readings[0]), specimen(other, readings[1])],
    wrongDevice: (clock) => ({ clock, part: new Chatter(clock.now()) }),
    badSettings: [{ mode: "fast" }, { concentrations: "all" }, { numbers: "some" }, { sleep: 1 }],
    // The next frame comes, or what was lost was not of the answer.
    retried: uartLineFaults,
    tolerances: { pm1: 0, "pm2.5": 0, pm10: 0 },
  });
}

contract({}, [
  { pm1: 5, "pm2.5": 12, pm10: 20 },
  { pm1: 300, "pm2.5": 510, pm10: 1200 },
]);
contract({ mode: "passive", concentrations: "standard", numbers: true }, [
  {
    ...{ "pm1-standard": 8, "pm2.5-standard": 18, "pm10-standard": 30 },
    ...{ "beyond-0.3um": 12e6, "beyond-0.5um": 3.4e6, "beyond-1um": 550_000 },
    ...{ "beyond-2.5um": 60_000, "beyond-5um": 20_000, "beyond-10um": 10_000 },
  },
  {
    ...{ "pm1-standard": 300, "pm2.5-standard": 510, "pm10-standard": 1200 },
    ...{ "beyond-0.3um": 655.35e6, "beyond-0.5um": 4e8, "beyond-1um": 90_000 },
    ...{ "beyond-2.5um": 0, "beyond-5um": 0, "beyond-10um": 0 },
  },
]);
