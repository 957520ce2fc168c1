import type { Clock, SimulateSpiEntry } from "@busbar/host";
import { parseParameters, type SpiModel } from "@busbar/model";
import * as v from "valibot";
import { findModel } from "../find-model.ts";
import type { SimulatedSpiBus } from "./bus.ts";
import { spiFaultSchema } from "./faults.ts";
import { spiLoopbackModel } from "./loopback.ts";
import { spiRegistersModel } from "./registers.ts";

/** The simulator's own models: of no chip, whose model is in the package of its driver. */
export const spiModels: ReadonlyMap<string, SpiModel> = new Map([
  ["registers", spiRegistersModel],
  ["spi-loopback", spiLoopbackModel],
]);

/** What an entry can have whatever its model is. */
const faultsSchema = v.object({ faults: v.optional(v.array(spiFaultSchema), []) });

/**
 * Puts the target of an entry of a board's `simulate` list on its bus, with its faults.
 *
 * @throws RangeError for an unknown model, a taken line, and a parameter that is unknown or wrong
 */
export function attachSpiEntry(
  bus: SimulatedSpiBus,
  entry: SimulateSpiEntry,
  clock: Clock,
  modules: ReadonlyMap<string, unknown>,
): void {
  const { spi: _, chipSelect, model, faults, ...parameters } = entry;
  bus.attach(chipSelect, findModel(model, "spi", spiModels, modules).create(parameters, clock));
  for (const fault of parseParameters(faultsSchema, { faults }).faults) bus.inject(fault, chipSelect);
}
