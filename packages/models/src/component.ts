/** The WIT exports of world `i2c-models`: the models of all chips, each target on a bus of its own. */

import { nowMs } from "busbar:model/clock@0.1.0";

/** busbar:model/i2c-targets `operation`. */
type Operation =
  | { readonly tag: "read"; readonly val: number }
  | { readonly tag: "write"; readonly val: Uint8Array };

import { attachModel, explainWrongParameter, findModel, SimulatedI2cBus } from "@busbar/sim/models";
import { i2cModels } from "../generated/models.ts";

/** Whoever asks knows the address: here it is always this one. */
const ADDRESS = 0x08;

/** busbar:model/i2c-targets `target`. */
class Target {
  readonly #bus: SimulatedI2cBus;

  constructor(bus: SimulatedI2cBus) {
    this.#bus = bus;
  }

  transaction(operations: readonly Operation[]): Uint8Array[] {
    try {
      return this.#bus.transaction(
        ADDRESS,
        operations.map(({ tag, val }) =>
          tag === "read" ? { kind: tag, length: val } : { kind: tag, data: val },
        ),
      );
    } catch (error) {
      // The engines want the WIT value itself.
      throw error instanceof Error && "payload" in error ? error.payload : error;
    }
  }

  picture(): string | undefined {
    return this.#bus.render(ADDRESS);
  }
}

/** busbar:model/i2c-targets. */
export const i2cTargets = {
  Target,

  models: (): string[] => [...i2cModels.keys()],

  create(model: string, parameters: string): Target {
    const bus = new SimulatedI2cBus();
    try {
      attachModel(bus, ADDRESS, findModel(model, "i2c", i2cModels, new Map()), JSON.parse(parameters), {
        now: nowMs,
      });
    } catch (error) {
      throw explainWrongParameter(error) ?? error;
    }
    return new Target(bus);
  },
};
