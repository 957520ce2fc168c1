import { defineModel, movingValue, valueAt, wholeNumber } from "@busbar/model";
import * as v from "valibot";
import { Tmp102, type Tmp102Options } from "./model/tmp102.ts";

export { Tmp102, type Tmp102Options } from "./model/tmp102.ts";

/** The parameters of the model "tmp102"; its output is what {@link Tmp102} takes. */
const parameters = v.pipe(
  v.strictObject({
    raw: v.optional(wholeNumber(-0x1000, 0xfff)),
    temperature: v.optional(movingValue(-55, 150)),
    conversionTime: v.optional(v.picklist(["typical", "maximum"]), "maximum"),
  }),
  v.check(
    ({ raw, temperature }) => raw === undefined || temperature === undefined,
    'expected either "raw" or temperature, not both',
  ),
  v.transform(
    ({ raw, temperature = 22, conversionTime }): Tmp102Options => ({
      conversionTime,
      source: (elapsedMs) => raw ?? Math.round(valueAt(temperature, elapsedMs) * 16),
    }),
  ),
);

/** The model "tmp102" of the board file. */
export default defineModel(parameters, (options, clock) => new Tmp102(options, clock));
