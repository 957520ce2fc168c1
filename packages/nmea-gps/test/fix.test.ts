import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FieldError, parseGga, parseRmc } from "../src/fix.ts";

const seed = 20_261_130;
const gga = "123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,".split(",");
const rmc = "123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W,A".split(",");
const changed = (fields: readonly string[], index: number, value: string) => fields.with(index, value);

describe("GGA", () => {
  test("is the position of the manuals", () => {
    const { position, altitude, time } = parseGga(gga);
    expect(position!.latitude).toBeCloseTo(48 + 7.038 / 60, 10);
    expect(position!.longitude).toBeCloseTo(11 + 31 / 60, 10);
    expect([altitude, time]).toEqual([545.4, "123519"]);
  });

  test("south and west are negative", () => {
    const { position } = parseGga(changed(changed(gga, 2, "S"), 4, "W"));
    expect(position!.latitude).toBeLessThan(-48);
    expect(position!.longitude).toBeLessThan(-11);
  });

  test.each(["1", "2", "3", "4", "5"])("the quality %s is a fix", (quality) => {
    expect(parseGga(changed(gga, 5, quality)).position).toBeDefined();
  });

  test.each(["", "0", "6", "7", "8", "9"])("the quality %j is none, whatever else there is", (quality) => {
    expect(parseGga(changed(gga, 5, quality))).toEqual({
      ...{ time: "123519", position: undefined, altitude: undefined },
    });
  });

  test("all fields can be empty without a fix; with one, only the altitude", () => {
    expect(parseGga(Array(14).fill(""))).toMatchObject({ time: "", position: undefined });
    expect(parseGga([])).toMatchObject({ time: "", position: undefined });
    expect(parseGga(changed(gga, 8, "")).altitude).toBeUndefined();
    for (const index of [1, 2, 3, 4]) expect(() => parseGga(changed(gga, index, ""))).toThrow(FieldError);
  });

  test.each([
    [0, "246060"],
    [0, "1235"],
    [1, "9100.000"],
    [1, "9000.001"],
    [1, "4860.000"],
    [1, "807.038"],
    [1, "-807.03"],
    [1, "4807,038"],
    [2, "E"],
    [3, "18000.001"],
    [3, "1131.000"],
    [4, "N"],
    [5, "10"],
    [5, "x"],
    [8, "1e9"],
    [8, "five"],
    [9, "F"],
  ])("the field %i cannot be %j", (index, value) => {
    expect(() => parseGga(changed(gga, index, value))).toThrow(FieldError);
  });
});

describe("RMC", () => {
  test("is the speed of the manuals, in metres per second", () => {
    expect(parseRmc(rmc)).toMatchObject({ hasFix: true, time: "123519" });
    expect(parseRmc(rmc).speed).toBeCloseTo(22.4 * 0.514444, 4);
  });

  test("older receivers have no mode", () => {
    expect(parseRmc(rmc.slice(0, 11))).toMatchObject({ hasFix: true });
  });

  test.each(["N", "E", "M", "S"])("the mode %s is no fix", (mode) => {
    expect(parseRmc(changed(rmc, 11, mode))).toEqual({ time: "123519", hasFix: false, speed: undefined });
  });

  test("V, or nothing, is no fix", () => {
    for (const status of ["V", ""]) expect(parseRmc(changed(rmc, 1, status)).hasFix).toBe(false);
    expect(() => parseRmc(changed(rmc, 1, "X"))).toThrow(FieldError);
  });

  test("a fix can be without a speed", () => {
    expect(parseRmc(changed(rmc, 6, ""))).toEqual({ time: "123519", hasFix: true, speed: undefined });
    expect(() => parseRmc(changed(rmc, 6, "-1"))).toThrow(FieldError);
  });
});

test("any fields are what they have to be, or a FieldError", () => {
  const text = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.string({ unit: fc.constantFrom(..."0123456789."), maxLength: 12 }),
    fc.constantFrom("N", "S", "E", "W", "A", "M", "1", "2", "4807.038", "01131.000"),
  );
  fc.assert(
    fc.property(fc.array(text, { maxLength: 16 }), (fields) => {
      try {
        const { position, altitude } = parseGga(fields);
        if (position !== undefined) {
          expect(Math.abs(position.latitude)).toBeLessThanOrEqual(90);
          expect(Math.abs(position.longitude)).toBeLessThanOrEqual(180);
        }
        if (altitude !== undefined) expect(Number.isFinite(altitude)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(FieldError);
      }
      try {
        const { speed } = parseRmc(fields);
        if (speed !== undefined) expect(speed).toBeGreaterThanOrEqual(0);
      } catch (error) {
        expect(error).toBeInstanceOf(FieldError);
      }
    }),
    { seed, numRuns: 5000 },
  );
});
