/** How a model of a chip gets onto a bus: what needs no Node, so that it runs in a component too. */

import { type I2cModel, type ModelClock, parseParameters } from "@busbar/model";
import * as v from "valibot";
import type { SimulatedI2cBus } from "../i2c/bus.ts";
import { i2cFaultSchema } from "../i2c/faults.ts";
import { registersModel } from "./registers.ts";

export {
  explainWrongParameter,
  findModel,
  type ModelOf,
  modelOn,
  type SimulatedBus,
} from "../find-model.ts";
export { gpioModels, makePart } from "../gpio/models.ts";
export { SimulatedI2cBus } from "../i2c/bus.ts";
export { attachSpiModel, spiModels } from "../spi/attach.ts";
export { SimulatedSpiBus } from "../spi/bus.ts";

/** The simulator's own models: of no chip, whose model is in the package of its driver. */
export const i2cModels: ReadonlyMap<string, I2cModel> = new Map([["registers", registersModel]]);

const faultsSchema = v.object({ faults: v.optional(v.array(i2cFaultSchema), []) });

/**
 * Puts a target onto a bus, with its faults.
 *
 * @param parameters what an entry of the `simulate` list has besides its place and its model; `faults` too
 * @throws RangeError where a parameter is unknown or wrong, and as `SimulatedI2cBus.attach` does
 */
export function attachModel(
  bus: SimulatedI2cBus,
  address: number,
  model: I2cModel,
  parameters: Readonly<Record<string, unknown>>,
  clock: ModelClock,
): void {
  const { faults, ...own } = parameters;
  bus.attach(address, model.create(own, clock));
  for (const fault of parseParameters(faultsSchema, { faults }).faults) bus.inject(fault, address);
}
