import { defineSpiModel, movingValue, valueAt } from "@busbar/model";
import * as v from "valibot";
import { Max31855 } from "./model/max31855.ts";

export { Max31855, type Max31855Fault, type Max31855Options } from "./model/max31855.ts";

/** The parameters of the model "max31855". */
const parameters = v.strictObject({
  thermocouple: v.optional(movingValue(-270, 1800), 25),
  internal: v.optional(movingValue(-55, 127), 22),
  fault: v.optional(v.picklist(["open", "ground", "supply"])),
  conversionTime: v.optional(v.picklist(["typical", "maximum"]), "maximum"),
});

/** The model "max31855" of the board file. */
export default defineSpiModel(parameters, ({ thermocouple, internal, fault, conversionTime }, clock) => {
  const steps = (value: typeof thermocouple, inOne: number) => (elapsedMs: number) =>
    Math.round(valueAt(value, elapsedMs) * inOne);
  return new Max31855(
    { thermocouple: steps(thermocouple, 4), internal: steps(internal, 16), fault, conversionTime },
    clock,
  );
});
