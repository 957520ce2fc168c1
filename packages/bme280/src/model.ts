import {
  defineModel,
  defineSpiModel,
  hexBytes,
  type MovingValue,
  movingValue,
  RegistersOverSpi,
  wholeNumber,
} from "@busbar/model";
import * as v from "valibot";
import { Bme280 } from "./model/bme280.ts";
import {
  type Bme280Calibration,
  type Bme280CalibrationRegisters,
  CALIBRATION_RANGES,
  DEFAULT_CALIBRATION,
  decodeCalibration,
  encodeCalibration,
} from "./model/calibration.ts";
import { type Bme280Reading, compensate, rawFromPhysical } from "./model/compensation.ts";
import { type Bme280Source, physicalSource, rawSource } from "./model/source.ts";
import { Bme280SpiRegisters } from "./model/spi.ts";

export { Bme280, type Bme280Options } from "./model/bme280.ts";
export {
  type Bme280Calibration,
  type Bme280CalibrationRegisters,
  CALIBRATION_RANGES,
  DEFAULT_CALIBRATION,
  decodeCalibration,
  encodeCalibration,
} from "./model/calibration.ts";
export { type Bme280Reading, compensate, type RawSample, rawFromPhysical } from "./model/compensation.ts";
export type { Bme280Chip, MeasurementTime } from "./model/registers.ts";
export { type Bme280Source, type OutputBits, physicalSource, rawSource } from "./model/source.ts";
export { Bme280SpiRegisters } from "./model/spi.ts";

type Quantity = keyof Bme280Reading;

/** The part's operating range, BST-BME280-DS002 tables 2 to 4: °C, Pa, %RH. */
const PHYSICAL_RANGE = { temperature: [-40, 85], pressure: [30_000, 110_000], humidity: [0, 100] } as const;

const PHYSICAL_DEFAULT = { temperature: 22, pressure: 101_325, humidity: 45 } as const;

/** How far the closest raw value may be off before a calibration is called impossible: °C, Pa, %RH. */
const REACHABLE_WITHIN = { temperature: 0.01, pressure: 1, humidity: 0.1 } as const;

const namedValues = Object.fromEntries(
  Object.entries(CALIBRATION_RANGES).map(([name, range]) => [name, v.exactOptional(wholeNumber(...range))]),
) as Record<keyof Bme280Calibration, v.ExactOptionalSchema<ReturnType<typeof wholeNumber>, undefined>>;

const registers = (length: number) =>
  v.exactOptional(v.pipe(hexBytes, v.length(length, `expected ${length} bytes`)));

const calibration = v.pipe(
  v.strictObject({ ...namedValues, "0x88": registers(26), "0xE1": registers(7) }),
  v.check(
    ({ "0x88": from88, "0xE1": fromE1, ...values }) =>
      Object.keys(values).length === 0 || (from88 === undefined && fromE1 === undefined),
    "expected either the registers 0x88 and 0xE1 or named values, not both",
  ),
  v.transform(({ "0x88": from88, "0xE1": fromE1, ...values }): Bme280CalibrationRegisters => {
    const encoded = encodeCalibration({ ...DEFAULT_CALIBRATION, ...values });
    return { from88: from88 ?? encoded.from88, fromE1: fromE1 ?? encoded.fromE1 };
  }),
);

function moving(quantity: Quantity) {
  const [minimum, maximum] = PHYSICAL_RANGE[quantity];
  return v.optional(movingValue(minimum, maximum));
}

/** The parameters of the model "bme280"; its output is what {@link Bme280} takes. */
const parameters = v.pipe(
  v.strictObject({
    chip: v.optional(v.picklist(["bme280", "bmp280"]), "bme280"),
    calibration: v.optional(calibration, {}),
    raw: v.optional(
      v.strictObject({
        temperature: wholeNumber(0, 0xfffff),
        pressure: wholeNumber(0, 0xfffff),
        humidity: v.optional(wholeNumber(0, 0xffff)),
      }),
    ),
    temperature: moving("temperature"),
    pressure: moving("pressure"),
    humidity: moving("humidity"),
    measurementTime: v.optional(v.picklist(["typical", "maximum"]), "maximum"),
  }),
  v.check(
    ({ raw, temperature, pressure, humidity }) =>
      raw === undefined || (temperature ?? pressure ?? humidity) === undefined,
    'expected either "raw" or temperature, pressure and humidity, not both',
  ),
  v.check(
    ({ chip, raw, humidity }) => chip === "bme280" || (raw?.humidity ?? humidity) === undefined,
    "a bmp280 measures no humidity; remove it",
  ),
  v.check(
    ({ chip, raw }) => chip === "bmp280" || raw === undefined || raw.humidity !== undefined,
    'the "raw" of a bme280 needs its "humidity", from 0 to 65535',
  ),
  v.rawTransform(({ dataset: { value }, addIssue, NEVER }) => {
    const { chip, measurementTime, calibration, raw } = value;
    const common = { chip, measurementTime, calibration };
    if (raw) return { ...common, source: rawSource({ ...raw, humidity: raw.humidity ?? 0 }) };

    const coefficients = decodeCalibration(calibration);
    const values = {
      temperature: value.temperature ?? PHYSICAL_DEFAULT.temperature,
      pressure: value.pressure ?? PHYSICAL_DEFAULT.pressure,
      humidity: value.humidity ?? PHYSICAL_DEFAULT.humidity,
    };
    const quantity = unreachable(coefficients, values, chip === "bme280");
    if (quantity) {
      addIssue({ message: `a chip of this calibration cannot show that ${quantity}; change either` });
      return NEVER;
    }
    const source: Bme280Source = physicalSource(coefficients, values);
    return { ...common, source };
  }),
);

/** The quantity, if any, whose first value no raw value of this chip means. */
function unreachable(
  coefficients: Bme280Calibration,
  values: { readonly [quantity in Quantity]: MovingValue },
  hasHumidity: boolean,
): Quantity | undefined {
  const middle = (value: MovingValue) => (typeof value === "number" ? value : value.mean);
  const wanted: Bme280Reading = {
    temperature: middle(values.temperature),
    pressure: middle(values.pressure),
    humidity: middle(values.humidity),
  };
  const shown = compensate(coefficients, rawFromPhysical(coefficients, wanted));
  const quantities: Quantity[] = ["temperature", "pressure", ...(hasHumidity ? ["humidity" as const] : [])];
  // Written so that NaN, which a calibration of zeros leads to, is unreachable too.
  return quantities.find(
    (quantity) => !(Math.abs(shown[quantity] - wanted[quantity]) <= REACHABLE_WITHIN[quantity]),
  );
}

/** The model "bme280" of the board file, on either bus. */
export default {
  ...defineModel(parameters, (options, clock) => new Bme280(options, clock)),
  spi: defineSpiModel(
    parameters,
    (options, clock) => new RegistersOverSpi(new Bme280SpiRegisters(options, clock)),
  ),
};
