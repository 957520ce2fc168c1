import { type ModelClock, parseParameters, type SpiModel } from "@busbar/model";
import * as v from "valibot";
import type { SimulatedGpioChips } from "../gpio/chips.ts";
import { wirePins } from "../gpio/pins.ts";
import type { SimulatedSpiBus } from "./bus.ts";
import { spiFaultSchema } from "./faults.ts";
import { spiLoopbackModel } from "./loopback.ts";
import { spiRegistersModel } from "./registers.ts";
import { spiWithPins } from "./with-pins.ts";

/** The simulator's own models: of no chip, whose model is in the package of its driver. */
export const spiModels: ReadonlyMap<string, SpiModel> = new Map([
  ["registers", spiRegistersModel],
  ["spi-loopback", spiLoopbackModel],
]);

const faultsSchema = v.object({ faults: v.optional(v.array(spiFaultSchema), []) });

/**
 * Puts a target onto a bus, with its faults, and its pins onto lines.
 *
 * @param parameters what an entry of the `simulate` list has besides its place and its model; `faults` and `lines` too
 * @param chips the GPIO chips of the board; none where left out
 * @throws RangeError where a parameter is unknown or wrong, and as `SimulatedSpiBus.attach` does
 */
export function attachSpiModel(
  bus: SimulatedSpiBus,
  chipSelect: number,
  model: SpiModel,
  parameters: Readonly<Record<string, unknown>>,
  clock: ModelClock,
  chips?: SimulatedGpioChips,
): void {
  const { faults, lines, ...own } = parameters;
  const target = model.create(own, clock);
  const catchUp = wirePins(target, model, lines, chips);
  bus.attach(chipSelect, catchUp === undefined ? target : spiWithPins(target, catchUp));
  for (const fault of parseParameters(faultsSchema, { faults }).faults) bus.inject(fault, chipSelect);
}
