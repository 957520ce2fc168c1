import type { Clock, SimulateGpioEntry } from "@busbar/host";
import { type GpioPart, parseParameters } from "@busbar/model";
import * as v from "valibot";
import { findModel } from "../find-model.ts";
import type { SimulatedGpioChip } from "./chip.ts";
import { gpioFaultSchema } from "./faults.ts";
import { gpioModels, makePart } from "./models.ts";

const faultsSchema = v.object({ faults: v.optional(v.array(gpioFaultSchema), []) });

/**
 * Wires to a chip what an entry of a board's `simulate` list says.
 *
 * @returns the part
 * @throws RangeError for an unknown model, a line that the model has not or that is taken, and a parameter that is unknown or wrong
 */
export function attachGpioEntry(
  chip: SimulatedGpioChip,
  entry: SimulateGpioEntry,
  clock: Clock,
  modules: ReadonlyMap<string, unknown>,
): GpioPart {
  const { gpio: _, lines, model: name, faults, ...parameters } = entry;
  const model = findModel(name, "gpio", gpioModels, modules);
  const part = makePart(model, Object.keys(lines), parameters, clock);
  chip.attach(part, lines);
  for (const { line, ...fault } of parseParameters(faultsSchema, { faults }).faults) {
    if (!Object.hasOwn(lines, line))
      throw new RangeError(`A fault is of a line "${line}" that is not wired.`);
    chip.inject(lines[line]!, fault);
  }
  return part;
}
