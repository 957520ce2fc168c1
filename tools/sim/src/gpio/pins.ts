/** The pins that a part has beside its bus, on lines of simulated GPIO chips: what "lines" of its `simulate` entry says. */

import { type GpioPart, numberWithin, parseParameters, wholeNumber } from "@busbar/model";
import * as v from "valibot";
import type { SimulatedGpioChips } from "./chips.ts";
import { type LinePlace, wirePart } from "./wire.ts";

const chipName = v.union([v.string(), numberWithin(0, 999_999)], "expected the name of a simulated chip");

const linesSchema = v.object({
  lines: v.optional(
    v.record(v.string(), v.strictObject({ chip: chipName, line: wholeNumber(0, 65_535) })),
    {},
  ),
});

/** A target of any bus, and what its model says of it. */
interface WithPins {
  readonly pins?: GpioPart;
}

/**
 * Wires the pins of a target.
 *
 * @param model its model, which lists the pins
 * @param lines what its entry of a board's `simulate` list has, not yet checked
 * @param chips the board's; absent where there are none, as in hosts whose simulator has no GPIO
 * @returns lets the lines follow what the target did, to be called before and after each transaction; undefined where none is wired
 * @throws RangeError for a pin that it has not, a line that is taken, and lines that cannot be simulated here
 */
export function wirePins(
  target: WithPins,
  model: { readonly pins?: readonly string[] },
  lines: unknown,
  chips: SimulatedGpioChips | undefined,
): (() => void) | undefined {
  const places = Object.entries(parseParameters(linesSchema, { lines }).lines);
  if (places.length === 0) return undefined;
  const { pins } = target;
  const names = model.pins ?? [];
  const unknown = places.find(([name]) => !names.includes(name));
  if (pins === undefined || unknown !== undefined) {
    const known = names.length === 0 ? "it has none" : `its lines are ${names.join(", ")}`;
    throw new RangeError(`It has no line "${(unknown ?? places[0]!)[0]}"; ${known}.`);
  }
  if (chips === undefined) throw new RangeError('This host simulates no GPIO lines; remove "lines".');
  const wired = places.map(
    ([name, { chip, line }]): LinePlace => ({ name, line: chips.chip(chip).line(line) }),
  );
  wirePart(pins, wired);
  return () => {
    for (const { line } of wired) line.catchUp();
  };
}
