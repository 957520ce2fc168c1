import type { Random } from "@busbar/fuzz";
import type { SimulateEntry } from "@busbar/host";
import { I2C_FAULT_KINDS, simulatedBuses } from "@busbar/sim";
import type { Subject } from "./subject.ts";

/** A bus with one simulated chip. */
export function i2cBus(model: string, address: string, parameters: object): Subject["bus"] {
  return (clock) => {
    const entry: SimulateEntry = { ...parameters, i2c: "sim", address: Number(address), model };
    const bus = simulatedBuses([entry], clock).get("sim")!;
    return {
      strike(random: Random) {
        const fault = I2C_FAULT_KINDS[random(I2C_FAULT_KINDS.length)]!;
        bus.inject({ fault, transaction: 1 + random(3), seed: random(2 ** 31) });
        return fault;
      },
      heal: () => bus.clearFaults(),
      i2c: [{ name: "soak", openI2c: () => bus.open() }],
      usb: [],
    };
  };
}
