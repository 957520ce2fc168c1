/**
 * From bytes to units, without I/O. Formulas: BST-BME280-DS002-15, appendix A, 8.1 (double precision). The BMP280's
 * are the same (BST-BMP280-DS001-23, 8.1).
 */

import { isUniform } from "@busbar/guest";
import { Skipped } from "./registers.ts";

/** The calibration of temperature and pressure, named as in the data sheet (4.2.2, table 16). */
export interface Calibration {
  /** 0 to 65535. */
  readonly dig_T1: number;
  /** -32768 to 32767, as all that follow but dig_P1. */
  readonly dig_T2: number;
  readonly dig_T3: number;
  /** 0 to 65535. */
  readonly dig_P1: number;
  readonly dig_P2: number;
  readonly dig_P3: number;
  readonly dig_P4: number;
  readonly dig_P5: number;
  readonly dig_P6: number;
  readonly dig_P7: number;
  readonly dig_P8: number;
  readonly dig_P9: number;
}

/** The calibration of humidity, named as in the data sheet (4.2.2, table 16). */
export interface HumidityCalibration {
  /** 0 to 255. */
  readonly dig_H1: number;
  /** -32768 to 32767. */
  readonly dig_H2: number;
  /** 0 to 255. */
  readonly dig_H3: number;
  /** -2048 to 2047. */
  readonly dig_H4: number;
  /** -2048 to 2047. */
  readonly dig_H5: number;
  /** -128 to 127. */
  readonly dig_H6: number;
}

/** What the converter measured; `undefined` where the part says that it skipped a measurement. */
export interface RawSample {
  /** 0 to 0xFFFFF. */
  readonly adc_P: number | undefined;
  /** 0 to 0xFFFFF. */
  readonly adc_T: number | undefined;
  /** 0 to 0xFFFF; always `undefined` on a BMP280. */
  readonly adc_H: number | undefined;
}

/** A temperature, and what the other two formulas need of it. */
export interface Temperature {
  /** °C. */
  readonly celsius: number;
  /** The data sheet's fine temperature, a whole number; 5120 are 1 °C. */
  readonly t_fine: number;
}

/** @param calib00 the bytes from register 0x88 on, 24 or more */
export function parseCalibration(calib00: Uint8Array): Calibration {
  const view = viewOf(calib00);
  return {
    dig_T1: view.getUint16(0, true),
    dig_T2: view.getInt16(2, true),
    dig_T3: view.getInt16(4, true),
    dig_P1: view.getUint16(6, true),
    dig_P2: view.getInt16(8, true),
    dig_P3: view.getInt16(10, true),
    dig_P4: view.getInt16(12, true),
    dig_P5: view.getInt16(14, true),
    dig_P6: view.getInt16(16, true),
    dig_P7: view.getInt16(18, true),
    dig_P8: view.getInt16(20, true),
    dig_P9: view.getInt16(22, true),
  };
}

/**
 * @param calib00 registers 0x88 to 0xA1, 26 bytes
 * @param calib26 registers 0xE1 to 0xE7, 7 bytes
 */
export function parseHumidityCalibration(calib00: Uint8Array, calib26: Uint8Array): HumidityCalibration {
  const view = viewOf(calib26);
  // dig_H4 and dig_H5 are 12 bits, signed, and share 0xE5: 0xE4 and 0xE6 hold their upper eight bits and so the sign.
  return {
    dig_H1: viewOf(calib00).getUint8(25),
    dig_H2: view.getInt16(0, true),
    dig_H3: view.getUint8(2),
    dig_H4: view.getInt8(3) * 16 + (view.getUint8(4) & 0x0f),
    dig_H5: view.getInt8(5) * 16 + (view.getUint8(4) >> 4),
    dig_H6: view.getInt8(6),
  };
}

/**
 * Whether values follow from what is measured. A part without a calibration, or whose bus is held low or left alone for a
 * part of the read, has the same byte everywhere in what belongs to one value; with these two at 0, the temperature is
 * always the same.
 *
 * @param calib00 as for `parseCalibration`
 */
export function isUsable(calib00: Uint8Array): boolean {
  const { dig_T1, dig_T2 } = parseCalibration(calib00);
  return (
    !isUniform(calib00.subarray(0, 6)) && !isUniform(calib00.subarray(6, 24)) && dig_T1 !== 0 && dig_T2 !== 0
  );
}

/**
 * As `isUsable`: humidity is always 0 without dig_H2.
 *
 * @param calib26 registers 0xE1 to 0xE7, 7 bytes
 */
export function isHumidityUsable(calib26: Uint8Array): boolean {
  return !isUniform(calib26) && viewOf(calib26).getInt16(0, true) !== 0;
}

/** @param bytes registers 0xF7 to 0xFE, 8 bytes; to 0xFC, 6 bytes, on a BMP280 (5.4.7 to 5.4.9) */
export function parseSample(bytes: Uint8Array): RawSample {
  const view = viewOf(bytes);
  // Left-aligned in three bytes, most significant first; the lowest four bits are no data.
  const adc_P = ((view.getUint16(0, false) << 8) | view.getUint8(2)) >> 4;
  const adc_T = ((view.getUint16(3, false) << 8) | view.getUint8(5)) >> 4;
  const adc_H = bytes.length > 6 ? view.getUint16(6, false) : Skipped.HUMIDITY;
  return {
    adc_P: adc_P === Skipped.PRESSURE ? undefined : adc_P,
    adc_T: adc_T === Skipped.TEMPERATURE ? undefined : adc_T,
    adc_H: adc_H === Skipped.HUMIDITY ? undefined : adc_H,
  };
}

/** @param adc_T 0 to 0xFFFFF */
export function compensateTemperature(adc_T: number, { dig_T1, dig_T2, dig_T3 }: Calibration): Temperature {
  const var1 = (adc_T / 16384 - dig_T1 / 1024) * dig_T2;
  const difference = adc_T / 131072 - dig_T1 / 8192;
  const var2 = difference * difference * dig_T3;
  return { celsius: (var1 + var2) / 5120, t_fine: Math.trunc(var1 + var2) };
}

/**
 * @param adc_P 0 to 0xFFFFF
 * @returns Pa; `undefined` where the formula would divide by zero, which only a broken calibration makes it do
 */
export function compensatePressure(
  adc_P: number,
  t_fine: number,
  calibration: Calibration,
): number | undefined {
  const { dig_P1, dig_P2, dig_P3, dig_P4, dig_P5, dig_P6, dig_P7, dig_P8, dig_P9 } = calibration;
  let var1 = t_fine / 2 - 64000;
  let var2 = (var1 * var1 * dig_P6) / 32768;
  var2 += var1 * dig_P5 * 2;
  var2 = var2 / 4 + dig_P4 * 65536;
  var1 = ((dig_P3 * var1 * var1) / 524288 + dig_P2 * var1) / 524288;
  var1 = (1 + var1 / 32768) * dig_P1;
  if (var1 === 0) return undefined;
  const pressure = ((1048576 - adc_P - var2 / 4096) * 6250) / var1;
  var1 = (dig_P9 * pressure * pressure) / 2147483648;
  var2 = (pressure * dig_P8) / 32768;
  return pressure + (var1 + var2 + dig_P7) / 16;
}

/**
 * @param adc_H 0 to 0xFFFF
 * @returns %RH, 0 to 100
 */
export function compensateHumidity(adc_H: number, t_fine: number, calibration: HumidityCalibration): number {
  const { dig_H1, dig_H2, dig_H3, dig_H4, dig_H5, dig_H6 } = calibration;
  const fine = t_fine - 76800;
  const offset = dig_H4 * 64 + (dig_H5 / 16384) * fine;
  const slope = 1 + (dig_H6 / 67108864) * fine * (1 + (dig_H3 / 67108864) * fine);
  const humidity = (adc_H - offset) * (dig_H2 / 65536) * slope;
  return Math.min(100, Math.max(0, humidity * (1 - (dig_H1 * humidity) / 524288)));
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
