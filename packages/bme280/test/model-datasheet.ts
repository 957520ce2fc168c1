import type { Bme280Calibration, Bme280Reading, RawSample } from "../src/model.ts";

/**
 * The compensation as Bosch's text has it (BST-BME280-DS002 section 8.1), step by step, to judge the model's polynomials.
 */
export function datasheetCompensation(dig: Bme280Calibration, adc: RawSample): Bme280Reading {
  let var1 = (adc.temperature / 16384 - dig.T1 / 1024) * dig.T2;
  let var2 = (adc.temperature / 131072 - dig.T1 / 8192) * (adc.temperature / 131072 - dig.T1 / 8192) * dig.T3;
  const tFine = Math.trunc(var1 + var2);
  const temperature = (var1 + var2) / 5120;

  var1 = tFine / 2 - 64000;
  var2 = (var1 * var1 * dig.P6) / 32768;
  var2 = var2 + var1 * dig.P5 * 2;
  var2 = var2 / 4 + dig.P4 * 65536;
  var1 = ((dig.P3 * var1 * var1) / 524288 + dig.P2 * var1) / 524288;
  var1 = (1 + var1 / 32768) * dig.P1;
  let pressure = 0;
  if (var1 !== 0) {
    pressure = 1048576 - adc.pressure;
    pressure = ((pressure - var2 / 4096) * 6250) / var1;
    var1 = (dig.P9 * pressure * pressure) / 2147483648;
    var2 = (pressure * dig.P8) / 32768;
    pressure = pressure + (var1 + var2 + dig.P7) / 16;
  }

  let humidity = tFine - 76800;
  humidity =
    (adc.humidity - (dig.H4 * 64 + (dig.H5 / 16384) * humidity)) *
    ((dig.H2 / 65536) * (1 + (dig.H6 / 67108864) * humidity * (1 + (dig.H3 / 67108864) * humidity)));
  humidity = humidity * (1 - (dig.H1 * humidity) / 524288);
  return { temperature, pressure, humidity: Math.min(100, Math.max(0, humidity)) };
}
