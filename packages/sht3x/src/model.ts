import { defineModel, movingValue, valueAt, wholeNumber } from "@busbar/model";
import * as v from "valibot";
import { Sht3x, type Sht3xOptions } from "./model/sht3x.ts";

export { Sht3x, type Sht3xOptions, type Sht3xRaw } from "./model/sht3x.ts";
export { checksum } from "./model/words.ts";

const word = wholeNumber(0, 0xffff);

/** The parameters of the model "sht3x"; its output is what {@link Sht3x} takes. */
const parameters = v.pipe(
  v.strictObject({
    raw: v.optional(v.strictObject({ temperature: word, humidity: word })),
    temperature: v.optional(movingValue(-40, 125)),
    humidity: v.optional(movingValue(0, 100)),
    measurementTime: v.optional(v.picklist(["typical", "maximum"]), "maximum"),
  }),
  v.check(
    ({ raw, temperature, humidity }) => raw === undefined || (temperature ?? humidity) === undefined,
    'expected either "raw" or temperature and humidity, not both',
  ),
  v.transform(({ raw, temperature = 22, humidity = 45, measurementTime }): Sht3xOptions => {
    if (raw) return { measurementTime, source: () => raw };
    // Section 4.13, the other way round: the share of the whole range, which is 175 °C from -45 °C on, or 100 %RH.
    return {
      measurementTime,
      source: (elapsedMs) => ({
        temperature: Math.round(((valueAt(temperature, elapsedMs) + 45) / 175) * 0xffff),
        humidity: Math.round((valueAt(humidity, elapsedMs) / 100) * 0xffff),
      }),
    };
  }),
);

/** The model "sht3x" of the board file. */
export default defineModel(parameters, (options, clock) => new Sht3x(options, clock));
