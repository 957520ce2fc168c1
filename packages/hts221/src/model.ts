import {
  defineModel,
  extremes,
  hexBytes,
  type MovingValue,
  movingValue,
  numberWithin,
  valueAt,
  wholeNumber,
} from "@busbar/model";
import * as v from "valibot";
import {
  CALIBRATION_RANGES,
  DEFAULT_CALIBRATION,
  decodeCalibration,
  encodeCalibration,
  type Hts221Calibration,
  rawFromPhysical,
} from "./model/calibration.ts";
import { Hts221, type Hts221Options } from "./model/hts221.ts";

export {
  decodeCalibration,
  encodeCalibration,
  type Hts221Calibration,
  type Hts221Raw,
} from "./model/calibration.ts";
export { Hts221, type Hts221Options } from "./model/hts221.ts";

/** How far a value may be off before a calibration is called impossible: °C, %RH. */
const REACHABLE_WITHIN = { temperature: 0.1, humidity: 0.5 } as const;

const namedValues = Object.fromEntries(
  Object.entries(CALIBRATION_RANGES).map(([name, range]) => [name, v.exactOptional(wholeNumber(...range))]),
) as Record<keyof Hts221Calibration, v.ExactOptionalSchema<ReturnType<typeof wholeNumber>, undefined>>;

const calibration = v.pipe(
  v.strictObject({
    ...namedValues,
    "0x30": v.exactOptional(v.pipe(hexBytes, v.length(16, "expected 16 bytes"))),
  }),
  v.check(
    ({ "0x30": from30, ...values }) => Object.keys(values).length === 0 || from30 === undefined,
    "expected either the registers 0x30 or named values, not both",
  ),
  v.transform(
    ({ "0x30": from30, ...values }): Uint8Array =>
      from30 ?? encodeCalibration({ ...DEFAULT_CALIBRATION, ...values }),
  ),
);

/** The parameters of the model "hts221"; its output is what {@link Hts221} takes. */
const parameters = v.pipe(
  v.strictObject({
    calibration: v.optional(calibration, {}),
    raw: v.optional(
      v.strictObject({ temperature: wholeNumber(-0x8000, 0x7fff), humidity: wholeNumber(-0x8000, 0x7fff) }),
    ),
    temperature: v.optional(movingValue(-40, 120)),
    humidity: v.optional(movingValue(0, 100)),
    measurementMs: v.optional(numberWithin(0.001, 1000), 40),
  }),
  v.check(
    ({ raw, temperature, humidity }) => raw === undefined || (temperature ?? humidity) === undefined,
    'expected either "raw" or temperature and humidity, not both',
  ),
  v.rawTransform(({ dataset: { value }, addIssue, NEVER }): Hts221Options => {
    const { calibration, raw, measurementMs, temperature = 22, humidity = 45 } = value;
    if (raw) return { calibration, measurementMs, source: () => raw };
    const values = decodeCalibration(calibration);
    if (!reaches(values, { temperature, humidity })) {
      addIssue({ message: "a chip of this calibration cannot show these values; change either" });
      return NEVER;
    }
    return {
      calibration,
      measurementMs,
      source: (elapsedMs) =>
        rawFromPhysical(values, {
          temperature: valueAt(temperature, elapsedMs),
          humidity: valueAt(humidity, elapsedMs),
        })!,
    };
  }),
);

/** Whether a chip of this calibration has outputs for the lowest and the highest of these values. */
function reaches(
  values: Hts221Calibration,
  wanted: { readonly temperature: MovingValue; readonly humidity: MovingValue },
): boolean {
  const [coldest, warmest] = extremes(wanted.temperature);
  const [driest, wettest] = extremes(wanted.humidity);
  return [
    { temperature: coldest, humidity: driest },
    { temperature: warmest, humidity: wettest },
  ].every((physical) => {
    const raw = rawFromPhysical(values, physical);
    if (raw === undefined) return false;
    const { T0_degC_x8: t0, T1_degC_x8: t1, T0_OUT, T1_OUT } = values;
    const { H0_rH_x2: h0, H1_rH_x2: h1, H0_T0_OUT, H1_T0_OUT } = values;
    const temperature = (t0 + ((t1 - t0) * (raw.temperature - T0_OUT)) / (T1_OUT - T0_OUT)) / 8;
    const humidity = (h0 + ((h1 - h0) * (raw.humidity - H0_T0_OUT)) / (H1_T0_OUT - H0_T0_OUT)) / 2;
    // Written so that NaN, which equal outputs lead to, is unreachable too.
    return (
      Math.abs(temperature - physical.temperature) <= REACHABLE_WITHIN.temperature &&
      Math.abs(humidity - physical.humidity) <= REACHABLE_WITHIN.humidity
    );
  });
}

/** The model "hts221" of the board file. */
export default defineModel(parameters, (options, clock) => new Hts221(options, clock), ["data-ready"]);
