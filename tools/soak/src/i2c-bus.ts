import type { SimulateEntry } from "@busbar/host";
import { type I2cFaultKind, simulatedBuses } from "@busbar/sim";
import type { Random } from "./random.ts";
import type { Subject } from "./subject.ts";

const kinds: readonly I2cFaultKind[] = [
  "no-acknowledge-address",
  "no-acknowledge-data",
  "no-acknowledge",
  "arbitration-loss",
  "bus",
  "overrun",
  "other",
  "short",
  "garbage",
];

/** A bus with one simulated chip. */
export function i2cBus(model: string, address: string, parameters: object): Subject["bus"] {
  return (clock) => {
    const entry: SimulateEntry = { ...parameters, i2c: "sim", address: Number(address), model };
    const bus = simulatedBuses([entry], clock).get("sim")!;
    return {
      strike(random: Random) {
        const fault = random.oneOf(kinds);
        bus.inject({ fault, transaction: 1 + random.below(3), seed: random.below(2 ** 31) });
        return fault;
      },
      heal: () => bus.clearFaults(),
      i2c: [{ name: "soak", openI2c: () => bus.open() }],
      usb: [],
    };
  };
}
