/**
 * A second, independent way from raw values to units: the fixed-point formulas of BST-BME280-DS002-15, 4.2.3, in exact
 * fractions instead of integers. Each shift to the right becomes a division, and the terms that only round (+128,
 * +8192, +16384) are left out; so nothing is rounded at all, and every calibration can be compared, absurd ones too.
 * The scaling differs from that of appendix A, 8.1, which the driver uses, in nearly every constant.
 */

import type { Calibration, HumidityCalibration } from "../src/compensation.ts";

/** Numerator and denominator, the latter above 0. */
type Fraction = readonly [bigint, bigint];

const of = (value: number): Fraction => [BigInt(value), 1n];
const add = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d + c * b, b * d];
const subtract = (a: Fraction, [c, d]: Fraction): Fraction => add(a, [-c, d]);
const multiply = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * c, b * d];
const divide = ([a, b]: Fraction, [c, d]: Fraction): Fraction => (c < 0n ? [-a * d, b * -c] : [a * d, b * c]);
const shiftLeft = ([a, b]: Fraction, bits: number): Fraction => [a << BigInt(bits), b];
const shiftRight = ([a, b]: Fraction, bits: number): Fraction => [a, b << BigInt(bits)];
const square = (a: Fraction): Fraction => multiply(a, a);

/** 200 bits behind the point are far more than a double can tell apart here. */
const toNumber = ([a, b]: Fraction): number => Number((a << 200n) / b) / 2 ** 200;

/** °C, and t_fine before it is cut to a whole number. */
export function exactTemperature(adc_T: number, { dig_T1, dig_T2, dig_T3 }: Calibration) {
  const adc = of(adc_T);
  const var1 = shiftRight(multiply(subtract(shiftRight(adc, 3), of(dig_T1 * 2)), of(dig_T2)), 11);
  const difference = subtract(shiftRight(adc, 4), of(dig_T1));
  const var2 = shiftRight(multiply(shiftRight(square(difference), 12), of(dig_T3)), 14);
  const t_fine = add(var1, var2);
  return { celsius: toNumber(shiftRight(multiply(t_fine, [5n, 100n]), 8)), t_fine: toNumber(t_fine) };
}

/** Pa; `undefined` for a division by zero. */
export function exactPressure(adc_P: number, t_fine: number, calibration: Calibration): number | undefined {
  const { dig_P1, dig_P2, dig_P3, dig_P4, dig_P5, dig_P6, dig_P7, dig_P8, dig_P9 } = calibration;
  const fine = of(t_fine - 128000);
  let var2 = multiply(square(fine), of(dig_P6));
  var2 = add(var2, shiftLeft(multiply(fine, of(dig_P5)), 17));
  var2 = add(var2, shiftLeft(of(dig_P4), 35));
  let var1 = add(
    shiftRight(multiply(square(fine), of(dig_P3)), 8),
    shiftLeft(multiply(fine, of(dig_P2)), 12),
  );
  var1 = shiftRight(multiply(add(shiftLeft(of(1), 47), var1), of(dig_P1)), 33);
  if (var1[0] === 0n) return undefined;
  const raw = of(1048576 - adc_P);
  const pressure = divide(multiply(subtract(shiftLeft(raw, 31), var2), of(3125)), var1);
  var1 = shiftRight(multiply(square(shiftRight(pressure, 13)), of(dig_P9)), 25);
  var2 = shiftRight(multiply(pressure, of(dig_P8)), 19);
  const sum = shiftRight(add(add(pressure, var1), var2), 8);
  return toNumber(shiftRight(add(sum, shiftLeft(of(dig_P7), 4)), 8));
}

/** %RH, 0 to 100. */
export function exactHumidity(adc_H: number, t_fine: number, calibration: HumidityCalibration): number {
  const { dig_H1, dig_H2, dig_H3, dig_H4, dig_H5, dig_H6 } = calibration;
  const fine = of(t_fine - 76800);
  let offset = subtract(shiftLeft(of(adc_H), 14), shiftLeft(of(dig_H4), 20));
  offset = shiftRight(subtract(offset, multiply(of(dig_H5), fine)), 15);
  const inner = add(shiftRight(multiply(fine, of(dig_H3)), 11), of(32768));
  const slope = add(shiftRight(multiply(shiftRight(multiply(fine, of(dig_H6)), 10), inner), 10), of(2097152));
  const humidity = multiply(offset, shiftRight(multiply(slope, of(dig_H2)), 14));
  const bend = shiftRight(multiply(shiftRight(square(shiftRight(humidity, 15)), 7), of(dig_H1)), 4);
  return Math.min(100, Math.max(0, toNumber(shiftRight(subtract(humidity, bend), 22))));
}
