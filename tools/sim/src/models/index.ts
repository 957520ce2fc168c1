/** How a model of a chip gets onto a bus: what needs no Node, so that it runs in a component too. */

import { type I2cModel, type ModelClock, type ModelSurroundings, parseParameters } from "@busbar/model";
import * as v from "valibot";
import type { SimulatedGpioChips } from "../gpio/chips.ts";
import { wirePins } from "../gpio/pins.ts";
import type { SimulatedI2cBus } from "../i2c/bus.ts";
import { i2cFaultSchema } from "../i2c/faults.ts";
import { i2cWithPins } from "../i2c/with-pins.ts";
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
export { uartModels } from "../uart/models.ts";

/** The simulator's own models: of no chip, whose model is in the package of its driver. */
export const i2cModels: ReadonlyMap<string, I2cModel> = new Map([["registers", registersModel]]);

const faultsSchema = v.object({ faults: v.optional(v.array(i2cFaultSchema), []) });

/**
 * Puts a target onto a bus, with its faults, and its pins onto lines.
 *
 * @param parameters what an entry of the `simulate` list has besides its place and its model; `faults` and `lines` too
 * @param chips the GPIO chips of the board; none where left out
 * @param surroundings what else is simulated, for the model; nothing where left out
 * @throws RangeError where a parameter is unknown or wrong, and as `SimulatedI2cBus.attach` does
 */
export function attachModel(
  bus: SimulatedI2cBus,
  address: number,
  model: I2cModel,
  parameters: Readonly<Record<string, unknown>>,
  clock: ModelClock,
  chips?: SimulatedGpioChips,
  surroundings?: ModelSurroundings,
): void {
  const { faults, lines, ...own } = parameters;
  const target = model.create(own, clock, surroundings);
  const catchUp = wirePins(target, model, lines, chips);
  bus.attach(address, catchUp === undefined ? target : i2cWithPins(target, catchUp));
  for (const fault of parseParameters(faultsSchema, { faults }).faults) bus.inject(fault, address);
}
