/** The models of I2C chips, and how one of them gets onto a bus: what needs no Node, so that it runs in a component too. */

import * as v from "valibot";
import type { SimulatedI2cBus } from "../i2c/bus.ts";
import { i2cFaultSchema } from "../i2c/faults.ts";
import { bme280Model } from "./bme280/parameters.ts";
import { hd44780Model } from "./hd44780/parameters.ts";
import { ht16k33Model } from "./ht16k33/parameters.ts";
import { hts221Model } from "./hts221/parameters.ts";
import type { I2cModel } from "./model.ts";
import type { ModelClock } from "./model-clock.ts";
import { registersModel } from "./registers.ts";
import { sht3xModel } from "./sht3x/parameters.ts";
import { tmp102Model } from "./tmp102/parameters.ts";

export { explainWrongParameter, findModel } from "../find-model.ts";
export { SimulatedI2cBus } from "../i2c/bus.ts";
export type { I2cModel } from "./model.ts";
export type { ModelClock } from "./model-clock.ts";

/** Every model that a board file can name without a module of its own. A new one is a line here. */
export const i2cModels: ReadonlyMap<string, I2cModel> = new Map([
  ["bme280", bme280Model],
  ["hd44780", hd44780Model],
  ["ht16k33", ht16k33Model],
  ["hts221", hts221Model],
  ["registers", registersModel],
  ["sht3x", sht3xModel],
  ["tmp102", tmp102Model],
]);

const faultsSchema = v.object({ faults: v.optional(v.array(i2cFaultSchema), []) });

/**
 * Puts a target onto a bus, with its faults.
 *
 * @param parameters what an entry of the `simulate` list has besides its place and its model; `faults` too
 * @throws v.ValiError where a parameter is unknown or wrong, and RangeError as `SimulatedI2cBus.attach` does
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
  for (const fault of v.parse(faultsSchema, { faults }).faults) bus.inject(fault, address);
}
