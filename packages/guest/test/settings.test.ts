import fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import { completeOptions, DriverError, flag, integer, oneOf, parseSettings } from "../src/index.ts";

const table = {
  mode: oneOf(["forced", "normal"], "forced"),
  filter: oneOf(["off", 2, 4], "off"),
  standbyMs: oneOf([0.5, 62.5], 62.5),
  sampleCount: integer({ minimum: -5, maximum: 300 }, 10),
  heaterOn: flag(false),
};
const defaults = { mode: "forced", filter: "off", standbyMs: 62.5, sampleCount: 10, heaterOn: false };

const refusal = (body: () => unknown): string => {
  try {
    body();
  } catch (error) {
    if (error instanceof DriverError && error.payload.tag === "invalid-argument") return error.payload.val;
    throw error;
  }
  throw new Error("it was not refused");
};

describe("parseSettings", () => {
  const parse = (...settings: [string, string][]) => parseSettings(table, "indoor", settings);

  test("gives typed options", () => {
    const options = parse(
      ["filter", "4"],
      ["standby-ms", "0.5"],
      ["sample-count", "0x1F"],
      ["heater-on", "true"],
    );
    expect(options).toEqual({ mode: "forced", filter: 4, standbyMs: 0.5, sampleCount: 31, heaterOn: true });
    expectTypeOf(options.filter).toEqualTypeOf<"off" | 2 | 4>();
    expectTypeOf(options.sampleCount).toEqualTypeOf<number>();
    expectTypeOf(options.heaterOn).toEqualTypeOf<boolean>();
  });

  test("fills in the defaults", () => {
    expect(parse()).toEqual(defaults);
  });

  test("names an unknown setting, and those that there are", () => {
    expect(refusal(() => parse(["filtre", "4"]))).toBe(
      'The setting "filtre" of "indoor" is unknown; the settings of this driver are: mode, filter, standby-ms, sample-count, heater-on.',
    );
    expect(refusal(() => parse(["standbyMs", "0.5"]))).toContain('"standbyMs" of "indoor" is unknown');
    expect(refusal(() => parse(["constructor", "x"]))).toContain("is unknown");
    expect(refusal(() => parseSettings({}, "indoor", [["a", "b"]]))).toContain("this driver are: none.");
  });

  test("refuses a setting that is given twice", () => {
    expect(refusal(() => parse(["mode", "normal"], ["mode", "normal"]))).toBe(
      'The setting "mode" of "indoor" is given twice; keep one.',
    );
  });

  test.each([
    ["filter", "3", "one of off, 2, 4"],
    ["filter", "02", "one of off, 2, 4"],
    ["filter", " 2", "one of off, 2, 4"],
    ["filter", "", "one of off, 2, 4"],
    ["mode", "Forced", "one of forced, normal"],
    ["sample-count", "301", "a whole number from -5 to 300"],
    ["sample-count", "-6", "a whole number from -5 to 300"],
    ["sample-count", "1.5", "a whole number from -5 to 300"],
    ["sample-count", "1e2", "a whole number from -5 to 300"],
    ["sample-count", " 1", "a whole number from -5 to 300"],
    ["heater-on", "yes", "true or false"],
  ])("refuses %s = %j, and says what is allowed", (name, text, allowed) => {
    expect(refusal(() => parse([name, text]))).toBe(
      `The setting "${name}" of "indoor" is ${JSON.stringify(text)}, but must be ${allowed}.`,
    );
  });

  test("accepts the ends of a range", () => {
    expect(parse(["sample-count", "-5"]).sampleCount).toBe(-5);
    expect(parse(["sample-count", "300"]).sampleCount).toBe(300);
  });

  test("quotes what it was given, and not all of it", () => {
    const sentence = refusal(() => parse(["mode", `a"\n${"x".repeat(10_000)}`]));
    expect(sentence).toContain('is "a\\"\\nxxx');
    expect(sentence.length).toBeLessThan(200);
  });

  test("any text at all gives allowed options or a refusal", () => {
    const names = ["mode", "filter", "standby-ms", "sample-count", "heater-on"];
    const name = fc.oneof(fc.constantFrom(...names), fc.string());
    const text = fc.oneof(fc.constantFrom("forced", "off", "2", "0.5", "7", "true"), fc.string());
    fc.assert(
      fc.property(fc.array(fc.tuple(name, text)), (settings) => {
        let options: ReturnType<typeof parse>;
        try {
          options = parse(...settings);
        } catch (error) {
          expect(error).toBeInstanceOf(DriverError);
          return;
        }
        expect(completeOptions(table, options)).toEqual(options);
      }),
      { seed: 20261122, numRuns: 500 },
    );
  });
});

describe("completeOptions", () => {
  test("fills in what is missing or undefined", () => {
    expect(completeOptions(table, {})).toEqual(defaults);
    const given = { filter: 2, heaterOn: undefined } as { filter: 2 };
    expect(completeOptions(table, given)).toEqual({ ...defaults, filter: 2 });
  });

  test.each([
    [{ filter: 3 }, 'The option filter is "3", but must be one of off, 2, 4.'],
    [{ filter: "4" }, 'The option filter is "4", but must be one of off, 2, 4.'],
    [{ filter: null }, 'The option filter is "null", but must be one of off, 2, 4.'],
    [{ sampleCount: 1.5 }, 'The option sampleCount is "1.5", but must be a whole number from -5 to 300.'],
    [{ sampleCount: "5" }, 'The option sampleCount is "5", but must be a whole number from -5 to 300.'],
    [{ heaterOn: 1 }, 'The option heaterOn is "1", but must be true or false.'],
    [{ heater: true }, 'There is no option "heater".'],
    [{ toString: true }, 'There is no option "toString".'],
  ])("refuses %o", (options, sentence) => {
    expect(refusal(() => completeOptions(table, options as object))).toBe(sentence);
  });
});
