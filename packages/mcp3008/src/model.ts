import { defineSpiModel, movingValue, numberWithin, valueAt } from "@busbar/model";
import * as v from "valibot";
import { Mcp3008 } from "./model/mcp3008.ts";

export { Mcp3008, type Mcp3008Options } from "./model/mcp3008.ts";

/** Volts that an input bears (section 1.0, "Absolute Maximum Ratings"). */
const volts = movingValue(-0.6, 6.1);

/** The parameters of the model "mcp3008". */
const parameters = v.strictObject({
  part: v.optional(v.picklist(["MCP3008", "MCP3004"]), "MCP3008"),
  referenceVolts: v.optional(numberWithin(0.25, 5.5), 3.3),
  /** One for each input, from the first; 0 V where there is none. */
  volts: v.optional(v.pipe(v.array(volts), v.maxLength(8, "expected at most 8 inputs")), []),
});

/** The model "mcp3008" of the board file. */
export default defineSpiModel(parameters, ({ part, referenceVolts, volts }, clock) => {
  const poweredAt = clock.now();
  return new Mcp3008({
    inputs: part === "MCP3008" ? 8 : 4,
    referenceVolts,
    volts: (input) => valueAt(volts[input] ?? 0, clock.now() - poweredAt),
  });
});
