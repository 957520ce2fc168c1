import type { GpioModel, GpioPart, ModelClock } from "@busbar/model";
import { linesModel } from "./lines.ts";

/** The simulator's own models: of no part, whose model is in the package of its driver. */
export const gpioModels: ReadonlyMap<string, GpioModel> = new Map([["lines", linesModel]]);

/**
 * Makes a part of a model.
 *
 * @param lines those that are wired, by the model's own names for them
 * @param parameters what an entry of the `simulate` list has besides its place, its model and its faults
 * @throws RangeError for a line that the model has not, and a parameter that is unknown or wrong
 */
export function makePart(
  model: GpioModel,
  lines: readonly string[],
  parameters: Readonly<Record<string, unknown>>,
  clock: ModelClock,
): GpioPart {
  const unknown = model === linesModel ? undefined : lines.find((line) => !model.lines.includes(line));
  if (unknown !== undefined) {
    throw new RangeError(`It has no line "${unknown}"; its lines are ${model.lines.join(", ")}.`);
  }
  return model.create(parameters, clock);
}
