import type { Random } from "@busbar/fuzz";
import type { SimulateEntry } from "@busbar/host";
import { loadModels } from "@busbar/host-node";
import { I2C_FAULT_KINDS, simulatedBuses } from "@busbar/sim";
import type { Subject } from "./subject.ts";

/** A bus with one simulated chip, whose model is in the package of its driver. */
export function i2cBus(driver: string, address: string, parameters: object): Subject["bus"] {
  return async (clock) => {
    const entry: SimulateEntry = { ...parameters, i2c: "sim", address: Number(address), model: driver };
    const models = await loadModels({ simulate: [entry] }, import.meta.dirname);
    const bus = simulatedBuses([entry], clock, models).get("sim")!;
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
