import { type MovingValue, valueAt } from "@busbar/model";
import type { Bme280Calibration } from "./calibration.ts";
import { type Bme280Reading, type RawSample, rawFromPhysical } from "./compensation.ts";

/** The output resolution in bits, 16 to 20. */
export interface OutputBits {
  readonly temperature: number;
  readonly pressure: number;
}

/**
 * What the chip's converters measure.
 *
 * @param elapsedMs time since the chip was powered
 * @param bits the resolution that the chip is set to; raw values that were given stay as they are
 */
export type Bme280Source = (elapsedMs: number, bits: OutputBits) => RawSample;

/** Always the same raw values, whatever the resolution. */
export function rawSource(raw: RawSample): Bme280Source {
  return () => raw;
}

/** What the data registers hold where a channel is skipped, BST-BME280-DS002 sections 5.4.3 and 5.4.5. */
export const SKIPPED = { temperature: 0x80000, pressure: 0x80000, humidity: 0x8000 };

/**
 * Physical values: °C, Pa, %RH. A measured value never equals the mark of a skipped channel, because a driver could
 * not tell them apart: it is one step beside it.
 */
export function physicalSource(
  calibration: Bme280Calibration,
  values: { readonly [quantity in keyof Bme280Reading]: MovingValue },
): Bme280Source {
  return (elapsedMs, bits) => {
    const raw = rawFromPhysical(
      calibration,
      {
        temperature: valueAt(values.temperature, elapsedMs),
        pressure: valueAt(values.pressure, elapsedMs),
        humidity: valueAt(values.humidity, elapsedMs),
      },
      (exact, quantity) => roundToBits(exact, bits[quantity]),
    );
    return raw.humidity === SKIPPED.humidity ? { ...raw, humidity: SKIPPED.humidity + 1 } : raw;
  };
}

/** Keeps the upper `bits` of 20, rounded. */
function roundToBits(raw: number, bits: number): number {
  const step = 2 ** (20 - bits);
  const rounded = Math.min(Math.round(raw / step) * step, 0x100000 - step);
  return rounded === SKIPPED.temperature ? rounded + step : rounded;
}
