import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Calibration,
  compensateHumidity,
  compensatePressure,
  compensateTemperature,
  type HumidityCalibration,
  parseCalibration,
  parseHumidityCalibration,
  parseSample,
} from "../src/compensation.ts";
import { bytes, calib00, calib26, data } from "./chip.ts";
import { exactHumidity, exactPressure, exactTemperature } from "./reference.ts";
import vectors from "./vectors/bme280.json" with { type: "json" };

const seed = 20261122;

function parse(low: readonly number[], high: readonly number[]) {
  const [calibration, humidity] = [Uint8Array.from(low), Uint8Array.from(high)];
  return { ...parseCalibration(calibration), ...parseHumidityCalibration(calibration, humidity) };
}

describe("the worked example of the data sheet (BMP280 3.12)", () => {
  const calibration = parse(calib00, calib26);

  test("has this calibration", () => {
    expect(calibration).toEqual({
      ...{ dig_T1: 27504, dig_T2: 26435, dig_T3: -1000 },
      ...{ dig_P1: 36477, dig_P2: -10685, dig_P3: 3024, dig_P4: 2855, dig_P5: 140 },
      ...{ dig_P6: -7, dig_P7: 15500, dig_P8: -14600, dig_P9: 6000 },
      ...{ dig_H1: 75, dig_H2: 338, dig_H3: 0, dig_H4: 380, dig_H5: 50, dig_H6: 30 },
    });
  });

  test("is 25.08 °C and 100653.27 Pa", () => {
    const { adc_T, adc_P } = parseSample(Uint8Array.from(data));
    expect([adc_T, adc_P]).toEqual([519888, 415148]);
    const { celsius, t_fine } = compensateTemperature(519888, calibration);
    expect(celsius).toBeCloseTo(25.08, 2);
    expect(t_fine).toBe(128422);
    // The data sheet does not cut t_fine in its own example: 0.01 Pa.
    expect(Math.abs(compensatePressure(415148, t_fine, calibration)! - 100653.27)).toBeLessThan(0.02);
  });
});

describe.each(vectors.cases)("$name", ({ input, decoded, recomputed_double, recomputed_int }) => {
  const calibration = parse(bytes(input.registers_0x88_0xA1), bytes(input.registers_0xE1_0xE7));
  const raw = parseSample(Uint8Array.from(bytes(input.registers_0xF7_0xFE)));

  test("is decoded", () => {
    const expected = Object.entries(decoded.calibration).map(([name, value]) => [`dig_${name}`, value]);
    expect(calibration).toEqual(Object.fromEntries(expected));
    expect(raw).toEqual({ adc_P: decoded.adc_P, adc_T: decoded.adc_T, adc_H: decoded.adc_H });
  });

  test("is compensated", () => {
    const { celsius, t_fine } = compensateTemperature(raw.adc_T!, calibration);
    expect(t_fine).toBe(recomputed_double.t_fine);
    expect(celsius).toBeCloseTo(recomputed_double.temperature_C, 9);
    expect(compensateHumidity(raw.adc_H!, t_fine, calibration)).toBeCloseTo(recomputed_double.humidity_RH, 9);
    // The vectors say 0 Pa where the formula cannot divide.
    const pressure = recomputed_double.pressure_Pa;
    if (pressure === 0) expect(compensatePressure(raw.adc_P!, t_fine, calibration)).toBeUndefined();
    else expect(compensatePressure(raw.adc_P!, t_fine, calibration)).toBeCloseTo(pressure, 6);
  });

  test("agrees with the integer formulas", () => {
    // One step of those is 0.01 °C, 1/256 Pa and 1/1024 %RH; their t_fine is up to 10 off, worth 0.4 Pa.
    const { celsius, t_fine } = compensateTemperature(raw.adc_T!, calibration);
    expect(Math.abs(celsius - recomputed_int.temperature_centiC / 100)).toBeLessThan(0.01);
    const pressure = compensatePressure(raw.adc_P!, t_fine, calibration) ?? 0;
    expect(Math.abs(pressure - recomputed_int.pressure_Pa)).toBeLessThan(0.5);
    const humidity = compensateHumidity(raw.adc_H!, t_fine, calibration);
    expect(Math.abs(humidity - recomputed_int.humidity_RH)).toBeLessThan(0.02);
  });
});

describe("dig_H4 and dig_H5", () => {
  test.each([
    ["7ff 000", 0x7ff, 0],
    ["800 fff", -2048, -1],
    ["fff 800", -1, -2048],
    ["ffb f9c", -5, -100],
  ])("%s are 12 bits with a sign", (text, dig_H4, dig_H5) => {
    const [h4, h5] = text.split(" ").map((each) => Number.parseInt(each, 16)) as [number, number];
    const high = [0, 0, 0, h4 >> 4, ((h5 & 0xf) << 4) | (h4 & 0xf), h5 >> 4, 0];
    expect(parse(calib00, high)).toMatchObject({ dig_H4, dig_H5 });
  });

  test("every value is decoded", () => {
    for (let value = -2048; value <= 2047; value++) {
      const other = (value * 7) & 0xfff;
      const low = (value & 0xf) | ((other & 0xf) << 4);
      const { dig_H4, dig_H5 } = parse(calib00, [0, 0, 0, (value >> 4) & 0xff, low, other >> 4, 0]);
      expect([dig_H4, dig_H5]).toEqual([value, other < 2048 ? other : other - 4096]);
    }
  });
});

describe("parseSample", () => {
  test("a skipped measurement is no number", () => {
    expect(parseSample(Uint8Array.from(bytes("800000 800000 8000")))).toEqual({
      adc_P: undefined,
      adc_T: undefined,
      adc_H: undefined,
    });
    expect(parseSample(Uint8Array.from(bytes("800010 7ffff0 8001")))).toEqual({
      adc_P: 0x80001,
      adc_T: 0x7ffff,
      adc_H: 0x8001,
    });
  });

  test("the lowest four bits are ignored", () => {
    expect(parseSample(Uint8Array.from(bytes("80000f ffffff 0000")))).toEqual({
      adc_P: undefined,
      adc_T: 0xfffff,
      adc_H: 0,
    });
  });

  test("six bytes have no humidity", () => {
    expect(parseSample(Uint8Array.from(bytes("123450 543210")))).toEqual({
      adc_P: 0x12345,
      adc_T: 0x54321,
      adc_H: undefined,
    });
  });

  test("a part of a larger buffer is read where it is", () => {
    const buffer = Uint8Array.from([0xff, 0xff, ...data]);
    expect(parseSample(buffer.subarray(2))).toEqual({ adc_P: 415148, adc_T: 519888, adc_H: 35181 });
  });
});

describe("every calibration", () => {
  const adc20 = fc.integer({ min: 0, max: 0xfffff });
  const raw = fc.record({ adc_T: adc20, adc_P: adc20, adc_H: fc.integer({ min: 0, max: 0xffff }) });

  test("byte pattern gives what exact arithmetic gives", () => {
    const block = (length: number) =>
      fc.array(fc.integer({ min: 0, max: 255 }), { minLength: length, maxLength: length });
    const check = fc.property(block(26), block(7), raw, (low, high, sample) =>
      agree(parse(low, high), sample),
    );
    fc.assert(check, { seed, numRuns: 5000 });
  });

  test("byte of a real part gives that too, whatever value it has", () => {
    const sample = { adc_T: 519888, adc_P: 415148, adc_H: 35181 };
    const all = [...calib00, ...calib26];
    for (let position = 0; position < all.length; position++) {
      for (let value = 0; value < 256; value++) {
        const changed = all.with(position, value);
        agree(parse(changed.slice(0, 26), changed.slice(26)), sample);
      }
    }
  });
});

/**
 * Doubles round each step by 2^-53 of its value. About twenty steps, where values may cancel, stay within 1e-13 of
 * the sum of what was added and subtracted, so that is measured along: `scale`. For a real part it is about 1e-7 Pa.
 */
function agree(
  calibration: Calibration & HumidityCalibration,
  { adc_T, adc_P, adc_H }: { adc_T: number; adc_P: number; adc_H: number },
): void {
  const { celsius, t_fine } = compensateTemperature(adc_T, calibration);
  const exact = exactTemperature(adc_T, calibration);
  // At most 64 * 2^15 and 64 * 2^15 are added in t_fine: 820 °C.
  expect(Math.abs(celsius - exact.celsius)).toBeLessThan(820 * 1e-13);
  // Cutting to a whole number can go either way just beside one.
  expect(Math.abs(t_fine - exact.t_fine)).toBeLessThan(1 + 1e-6);

  const pressure = compensatePressure(adc_P, t_fine, calibration);
  const exactPa = exactPressure(adc_P, t_fine, calibration);
  if (exactPa === undefined) expect(pressure).toBeUndefined();
  else within(pressure, exactPa, pressureScale(adc_P, t_fine, calibration));

  const humidity = compensateHumidity(adc_H, t_fine, calibration);
  expect(humidity).toBeGreaterThanOrEqual(0);
  expect(humidity).toBeLessThanOrEqual(100);
  within(humidity, exactHumidity(adc_H, t_fine, calibration), humidityScale(adc_H, t_fine, calibration));
}

function within(actual: number | undefined, expected: number, scale: number): void {
  // One comparison instead of an `expect` each time: this runs 13,000 times.
  if (Math.abs(actual! - expected) <= scale * 1e-13) return;
  expect.fail(`${actual} instead of ${expected}, which is more than ${scale * 1e-13} off`);
}

/** The pressure formula with every sign positive, and the divisor's own cancellation. */
function pressureScale(adc_P: number, t_fine: number, calibration: Calibration): number {
  const [P1, P2, P3, P4, P5, P6, P7, P8, P9] = Object.values(calibration).slice(3).map(Math.abs) as number[];
  const fine = Math.abs(t_fine / 2 - 64000);
  const var2 = ((fine * fine * P6!) / 32768 + fine * P5! * 2) / 4 + P4! * 65536;
  const terms = 1 + ((P3! * fine * fine) / 524288 + P2! * fine) / 524288 / 32768;
  const signed = t_fine / 2 - 64000;
  const { dig_P2, dig_P3 } = calibration;
  const divisor = Math.abs(1 + ((dig_P3 * signed * signed) / 524288 + dig_P2 * signed) / 524288 / 32768);
  const pressure = ((1048576 - adc_P + var2 / 4096) * 6250 * terms) / (divisor * divisor * P1!);
  return pressure + ((P9! * pressure * pressure) / 2147483648 + (pressure * P8!) / 32768 + P7!) / 16;
}

/** The humidity formula with every sign positive. */
function humidityScale(adc_H: number, t_fine: number, calibration: HumidityCalibration): number {
  const { dig_H1, dig_H2, dig_H3, dig_H4, dig_H5, dig_H6 } = calibration;
  const fine = Math.abs(t_fine - 76800);
  const offset = adc_H + Math.abs(dig_H4) * 64 + (Math.abs(dig_H5) / 16384) * fine;
  const slope = 1 + (Math.abs(dig_H6) / 67108864) * fine * (1 + (dig_H3 / 67108864) * fine);
  const humidity = offset * (Math.abs(dig_H2) / 65536) * slope;
  return humidity * (1 + (dig_H1 * humidity) / 524288);
}
