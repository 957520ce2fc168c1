import { bytes } from "@busbar/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { convertHumidity, convertTemperature, parseCalibration, parseSample } from "../src/conversion.ts";
import { calib } from "./chip.ts";
import { exactHumidity, exactTemperature } from "./reference.ts";
import vectors from "./vectors/hts221.json" with { type: "json" };

const seed = 20261122;
const parse = (registers: readonly number[]) => parseCalibration(Uint8Array.from(registers));

describe.each(vectors.cases)("$name", ({ input, decoded_calibration, raw, recomputed, source_expected }) => {
  const calibration = parse(bytes(input.registers_0x30_0x3F));

  test("is decoded", () => {
    expect(calibration).toEqual(decoded_calibration);
    expect(parseSample(Uint8Array.from(bytes(input.registers_0x28_0x2B)))).toEqual(raw);
  });

  test("is converted", () => {
    expect(convertTemperature(raw.T_OUT, calibration)).toBeCloseTo(recomputed.temperature_C, 9);
    expect(convertHumidity(raw.H_OUT, calibration)).toBeCloseTo(recomputed.humidity_RH_clamped, 9);
  });

  test("agrees with its source", () => {
    const { temperature_C, humidity_RH } = source_expected as {
      temperature_C?: number;
      humidity_RH?: number;
    };
    if (temperature_C !== undefined) {
      expect(convertTemperature(raw.T_OUT, calibration)).toBeCloseTo(temperature_C, 4);
    }
    if (humidity_RH !== undefined) {
      // One source does not clip.
      expect(convertHumidity(raw.H_OUT, calibration)).toBeCloseTo(Math.min(100, humidity_RH), 4);
    }
  });
});

describe("the calibration", () => {
  test.each([0, 1, 2, 3])("has ten bits for each temperature: msb %i", (msb) => {
    const other = 3 - msb;
    const { T0_degC, T1_degC } = parse(
      calib
        .with(2, 0x80)
        .with(3, 0x81)
        .with(5, (other << 2) | msb),
    );
    expect(T0_degC).toBe((256 * msb + 0x80) / 8);
    expect(T1_degC).toBe((256 * other + 0x81) / 8);
  });

  test("ignores reserved registers and bits", () => {
    expect(
      parse(
        calib
          .with(4, 0xff)
          .with(8, 0xff)
          .with(9, 0xff)
          .with(5, calib[5]! ^ 0xf0),
      ),
    ).toEqual(parse(calib));
  });

  test("is read where it is in a larger buffer", () => {
    const buffer = Uint8Array.from([0xff, 0xff, ...calib]);
    expect(parseCalibration(buffer.subarray(2))).toEqual(parse(calib));
    const sample = Uint8Array.of(0xff, 1, 0, 0xff, 0xff);
    expect(parseSample(sample.subarray(1))).toEqual({ H_OUT: 1, T_OUT: -1 });
  });

  test("gives its own points", () => {
    const calibration = parse(calib);
    expect(convertHumidity(-13, calibration)).toBe(29);
    expect(convertHumidity(-12408, calibration)).toBe(66.5);
    expect(convertTemperature(-3, calibration)).toBe(20.75);
    expect(convertTemperature(763, calibration)).toBe(34.75);
  });

  test("with two points alike gives no value", () => {
    const alike = parse(
      calib.with(10, calib[6]!).with(11, calib[7]!).with(14, calib[12]!).with(15, calib[13]!),
    );
    expect(convertHumidity(0, alike)).toBeUndefined();
    expect(convertHumidity(-13, alike)).toBeUndefined();
    expect(convertTemperature(0, alike)).toBeUndefined();
    expect(convertTemperature(-3, alike)).toBeUndefined();
  });
});

describe("every calibration", () => {
  const int16 = fc.integer({ min: -0x8000, max: 0x7fff });
  /** Also many with outputs close together, or alike. */
  const registers = fc
    .tuple(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.boolean(), fc.integer({ min: 0, max: 2 }))
    .map(([all, close, by]) => {
      const bytes = Array.from(all);
      return close
        ? bytes
            .with(10, bytes[6]! ^ by)
            .with(11, bytes[7]!)
            .with(14, bytes[12]! ^ by)
            .with(15, bytes[13]!)
        : bytes;
    });

  test("gives what a second formula gives", () => {
    fc.assert(
      fc.property(registers, int16, int16, (all, H_OUT, T_OUT) => {
        const calibration = parse(all);
        const humidity = exactHumidity(H_OUT, all);
        const clipped = humidity === undefined ? undefined : Math.min(100, Math.max(0, humidity));
        agree(convertHumidity(H_OUT, calibration), clipped);
        agree(convertTemperature(T_OUT, calibration), exactTemperature(T_OUT, all));
      }),
      { seed, numRuns: 5000 },
    );
  });

  test("byte of a real part gives that too, whatever value it has", () => {
    for (let position = 0; position < calib.length; position++) {
      for (let value = 0; value < 256; value++) {
        const changed = calib.with(position, value);
        const humidity = exactHumidity(-6114, changed);
        const clipped = humidity === undefined ? undefined : Math.min(100, Math.max(0, humidity));
        agree(convertHumidity(-6114, parse(changed)), clipped);
        agree(convertTemperature(600, parse(changed)), exactTemperature(600, changed));
      }
    }
  });
});

/** Values reach 65535 times the distance of two points, 10^7, of which a double keeps 10^-16. */
function agree(actual: number | undefined, expected: number | undefined): void {
  if (actual === undefined || expected === undefined) expect(actual).toBe(expected);
  else if (!(Math.abs(actual - expected) <= 1e-8)) expect.fail(`${actual} instead of ${expected}`);
}
