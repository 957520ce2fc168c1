import type { Bme280Calibration } from "./calibration.ts";

/**
 * The double-precision compensation of BST-BME280-DS002 appendix A (8.1), multiplied out into polynomials: a judge of
 * drivers must not share their text. And its inverse, which the datasheet does not have.
 */

/** What the converters deliver: 20 bits, 20 bits, 16 bits. */
export interface RawSample {
  readonly temperature: number;
  readonly pressure: number;
  readonly humidity: number;
}

/** The physical values. */
export interface Bme280Reading {
  /** °C. */
  readonly temperature: number;
  /** Pa. 0 where P1 is 0, as in the datasheet. */
  readonly pressure: number;
  /** %RH, 0 to 100. */
  readonly humidity: number;
}

/** The physical values that a raw sample means for this chip. */
export function compensate(calibration: Bme280Calibration, raw: RawSample): Bme280Reading {
  const fine = fineTemperature(calibration, raw.temperature);
  const carried = Math.trunc(fine);
  return {
    temperature: fine / 5120,
    pressure: compensatedPressure(calibration, carried, raw.pressure),
    humidity: Math.min(100, Math.max(0, unclampedHumidity(calibration, carried, raw.humidity))),
  };
}

/**
 * The raw sample that comes closest to physical values. Out of the converter's range it is the nearest end.
 *
 * @param round what the output resolution makes of a raw temperature or pressure; pressure and humidity are then
 *   computed for the rounded temperature, which is the one that a driver sees
 */
export function rawFromPhysical(
  calibration: Bme280Calibration,
  physical: Bme280Reading,
  round: (raw: number, quantity: "temperature" | "pressure") => number = (raw) => raw,
): RawSample {
  const temperature = round(
    closest(0xfffff, physical.temperature, (raw) => fineTemperature(calibration, raw) / 5120),
    "temperature",
  );
  const carried = Math.trunc(fineTemperature(calibration, temperature));
  const pressure = round(
    closest(0xfffff, physical.pressure, (raw) => compensatedPressure(calibration, carried, raw)),
    "pressure",
  );
  const humidity = closest(0xffff, physical.humidity, (raw) => unclampedHumidity(calibration, carried, raw));
  return { temperature, pressure, humidity };
}

/** The datasheet's `t_fine` before it is cut to a whole number: 1/5120 °C. */
function fineTemperature({ T1, T2, T3 }: Bme280Calibration, raw: number): number {
  const deviation = raw / 2 ** 17 - T1 / 2 ** 13;
  return (8 * T2 + T3 * deviation) * deviation;
}

function compensatedPressure(calibration: Bme280Calibration, fine: number, raw: number): number {
  const { P1, P2, P3, P4, P5, P6, P7, P8, P9 } = calibration;
  const warmth = fine / 2 - 64000;
  const sensitivity = P1 * (1 + (P2 * warmth + (P3 * warmth ** 2) / 2 ** 19) / 2 ** 34);
  if (sensitivity === 0) return 0;
  const offset = 16 * P4 + (P5 * warmth) / 2 ** 13 + (P6 * warmth ** 2) / 2 ** 29;
  const linear = ((2 ** 20 - raw - offset) * 6250) / sensitivity;
  return linear + (P7 + (P8 * linear) / 2 ** 15 + (P9 * linear ** 2) / 2 ** 31) / 16;
}

function unclampedHumidity(calibration: Bme280Calibration, fine: number, raw: number): number {
  const { H1, H2, H3, H4, H5, H6 } = calibration;
  const warmth = fine - 76800;
  const offset = 64 * H4 + (H5 * warmth) / 2 ** 14;
  const gain = (H2 / 2 ** 16) * (1 + (H6 * warmth) / 2 ** 26 + (H3 * H6 * warmth ** 2) / 2 ** 52);
  const linear = (raw - offset) * gain;
  return linear - (H1 * linear ** 2) / 2 ** 19;
}

/** The whole number in 0 to `maximum` whose `value` is closest to `wanted`, by bisection; `value` is monotone. */
function closest(maximum: number, wanted: number, value: (raw: number) => number): number {
  const rising = value(maximum) > value(0);
  let low = 0;
  let high = maximum;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (value(middle) < wanted === rising) low = middle;
    else high = middle;
  }
  return Math.abs(value(low) - wanted) <= Math.abs(value(high) - wanted) ? low : high;
}
