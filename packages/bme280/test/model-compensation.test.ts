import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Bme280Calibration,
  CALIBRATION_RANGES,
  compensate,
  DEFAULT_CALIBRATION,
  decodeCalibration,
  encodeCalibration,
  rawFromPhysical,
} from "../src/model.ts";
import { datasheetCompensation } from "./model-datasheet.ts";
import { cases } from "./model-vectors.ts";

const SEED = 280;

const within = (minimum: number, maximum: number) => fc.integer({ min: minimum, max: maximum });

/** Every value that the registers can hold. */
const anyCalibration = fc.record(
  Object.fromEntries(Object.entries(CALIBRATION_RANGES).map(([name, range]) => [name, within(...range)])),
) as fc.Arbitrary<Bme280Calibration>;

/** What real chips have: around the dumps in vectors/bme280.json. */
const plausibleCalibration: fc.Arbitrary<Bme280Calibration> = fc.record({
  T1: within(27_000, 28_700),
  T2: within(26_000, 27_300),
  T3: within(-1000, 350),
  P1: within(35_000, 38_500),
  P2: within(-10_900, -10_400),
  P3: fc.constant(3024),
  P4: within(2800, 11_100),
  P5: within(-250, 150),
  P6: fc.constant(-7),
  P7: within(9900, 15_500),
  P8: within(-14_600, -10_230),
  P9: within(4285, 6000),
  H1: fc.constant(75),
  H2: within(335, 390),
  H3: within(0, 5),
  H4: within(260, 385),
  H5: within(-100, 60),
  H6: within(20, 35),
});

describe("calibration registers", () => {
  it.each(cases)("$name decodes as listed and encodes back", ({ calibration, decoded }) => {
    expect(decodeCalibration(calibration)).toEqual(decoded);
    expect(encodeCalibration(decoded)).toEqual({
      from88: calibration.from88.with(0xa0 - 0x88, 0),
      fromE1: calibration.fromE1,
    });
  });

  it("hold every value, negative H4 and H5 included", () => {
    fc.assert(
      fc.property(anyCalibration, (calibration) => {
        expect(decodeCalibration(encodeCalibration(calibration))).toEqual(calibration);
      }),
      { seed: SEED },
    );
  });
});

describe("compensate", () => {
  it("gives the datasheet's worked example", () => {
    const reading = compensate(DEFAULT_CALIBRATION, {
      temperature: 519_888,
      pressure: 415_148,
      humidity: 30_000,
    });
    expect(reading.temperature).toBeCloseTo(25.08, 2);
    expect(reading.pressure).toBeCloseTo(100_653, 0);
  });

  it.each(cases)("$name", ({ decoded, raw, reading }) => {
    const result = compensate(decoded, raw);
    expect(result.temperature).toBeCloseTo(reading.temperature, 9);
    expect(result.pressure).toBeCloseTo(reading.pressure, 6);
    expect(result.humidity).toBeCloseTo(reading.humidity, 9);
  });

  it("agrees with the datasheet's own steps for every calibration and every raw value", () => {
    const raw = fc.record({
      temperature: within(0, 0xfffff),
      pressure: within(0, 0xfffff),
      humidity: within(0, 0xffff),
    });
    fc.assert(
      fc.property(anyCalibration, raw, (calibration, sample) => {
        const model = compensate(calibration, sample);
        const judge = datasheetCompensation(calibration, sample);
        // A sensitivity next to zero magnifies the last bit of either form; no chip has one.
        fc.pre(Math.abs(judge.pressure) < 1e9);
        for (const quantity of ["temperature", "pressure", "humidity"] as const) {
          const tolerance = 1e-6 * Math.max(1, Math.abs(judge[quantity]));
          expect(Math.abs(model[quantity] - judge[quantity])).toBeLessThan(tolerance);
        }
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });
});

describe("rawFromPhysical", () => {
  it("comes back to the physical values for every plausible chip", () => {
    const physical = fc.record({
      temperature: fc.double({ min: -40, max: 85, noNaN: true }),
      pressure: fc.double({ min: 30_000, max: 110_000, noNaN: true }),
      humidity: fc.double({ min: 0, max: 100, noNaN: true }),
    });
    fc.assert(
      fc.property(plausibleCalibration, physical, (calibration, wanted) => {
        const reading = datasheetCompensation(calibration, rawFromPhysical(calibration, wanted));
        expect(Math.abs(reading.temperature - wanted.temperature)).toBeLessThan(0.0005);
        expect(Math.abs(reading.pressure - wanted.pressure)).toBeLessThan(0.3);
        expect(Math.abs(reading.humidity - wanted.humidity)).toBeLessThan(0.01);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  it("stays at the converter's end where a value is out of reach", () => {
    const raw = rawFromPhysical(DEFAULT_CALIBRATION, { temperature: 1000, pressure: 1e9, humidity: 1000 });
    expect(raw).toMatchObject({ temperature: 0xfffff, pressure: 0, humidity: 0xffff });
  });
});
