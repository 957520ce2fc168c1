/** Reports both ways, by the rules of HID 1.11, 5.8, 6.2.2.5 and 8. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  buildReport,
  type DecodedReport,
  decodeReport,
  findReport,
  HidError,
  parseReportDescriptor,
  type ReportType,
  readBits,
  Usage,
  type UsageValue,
  usageName,
  writeBits,
} from "../src/index.ts";
import { bytes } from "./support.ts";

const decode = (descriptor: string, report: string, type: ReportType = "input"): DecodedReport =>
  decodeReport(parseReportDescriptor(bytes(descriptor)), type, bytes(report));

const build = (descriptor: string, values: readonly UsageValue[], id?: number): string => {
  const report = findReport(parseReportDescriptor(bytes(descriptor)), "output", id);
  return Buffer.from(buildReport(report!, values)).toString("hex");
};

const codeOf = (call: () => unknown): string | undefined => {
  try {
    call();
  } catch (error) {
    if (error instanceof HidError) return error.code;
    throw error;
  }
  return undefined;
};

/** X and Y, 12 bits each, -2048 to 2047, in report 3. */
const TWELVE_BITS = "05 01 85 03 09 30 09 31 16 00 F8 26 FF 07 75 0C 95 02";
/** Six keys, 0 to 101, as a boot keyboard has them. */
const KEYS = "05 07 19 00 29 65 15 00 25 65 75 08 95 06";
const X_AND_Y = "05 01 09 30 09 31 15 00 25 7F 75 08 95 02 91 02";
/** A hat switch, 0 to 7 and a null state, and four bits of padding. */
const HAT = "05 01 09 39 15 00 25 07 75 04 95 01";

describe("readBits and writeBits", () => {
  it("agree with BigInt arithmetic at any place and of any size", () => {
    const cases = fc.tuple(
      fc.uint8Array({ minLength: 8, maxLength: 12 }),
      fc.integer({ min: 0, max: 32 }),
      fc.integer({ min: 1, max: 32 }),
      fc.boolean(),
      fc.integer({ min: -0x8000_0000, max: 0xffff_ffff }),
    );
    fc.assert(
      fc.property(cases, ([data, offset, size, signed, value]) => {
        const whole = [...data].reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
        const part = whole >> BigInt(offset);
        const expected = signed ? BigInt.asIntN(size, part) : BigInt.asUintN(size, part);
        expect(BigInt(readBits(data, offset, size, signed))).toBe(expected);

        writeBits(data, offset, size, value);
        const written = [...data].reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
        const mask = ((1n << BigInt(size)) - 1n) << BigInt(offset);
        expect(written & ~mask).toBe(whole & ~mask);
        expect((written & mask) >> BigInt(offset)).toBe(BigInt.asUintN(size, BigInt(value)));
      }),
      { seed: 11, numRuns: 3000 },
    );
  });

  it.each([
    [0, 0],
    [0, 33],
    [-1, 4],
    [9, 8],
  ])("refuse bit %i with %i bits of two bytes", (offset, size) => {
    expect(codeOf(() => readBits(new Uint8Array(2), offset, size, false))).toBeDefined();
    expect(codeOf(() => writeBits(new Uint8Array(2), offset, size, 0))).toBeDefined();
  });
});

describe("decodeReport", () => {
  it("decodes values that begin in the middle of a byte", () => {
    const { report, values } = decode(`${TWELVE_BITS} 81 06`, "03 00 F8 FF");
    expect(report).toMatchObject({ id: 3, byteLength: 3, transferLength: 4 });
    expect(values.map(({ usage, value }) => [usage, value])).toEqual([
      [Usage.X, -2048],
      [Usage.Y, -1],
    ]);
  });

  it("names the active usages of an array, and none for a number that has none", () => {
    const { values } = decode(`${KEYS} 81 00`, "00 04 65 66 FF 00");
    expect(values.map(({ usage, value, inRange }) => [usage, value, inRange])).toEqual([
      [0x0007_0000, 0, true],
      [0x0007_0004, 4, true],
      [0x0007_0065, 0x65, true],
      [undefined, 0x66, false],
      [undefined, 0xff, false],
      [0x0007_0000, 0, true],
    ]);
  });

  it("counts the usages of an array from the logical minimum on", () => {
    const { values } = decode("05 09 19 01 29 03 15 05 25 09 75 04 95 04 81 00", "54 98");
    expect(values.map(({ usage }) => usage)).toEqual([undefined, 0x0009_0001, undefined, undefined]);
  });

  it("says when a value is no value", () => {
    expect(decode(`${HAT} 81 42`, "07").values[0]).toMatchObject({ value: 7, inRange: true });
    expect(decode(`${HAT} 81 42`, "08").values[0]).toMatchObject({ value: 8, inRange: false });
  });

  it("passes over padding, constants and fields without a usage", () => {
    const { values } = decode("05 09 75 04 95 01 15 00 25 0F 81 01 09 01 81 02 09 02 81 03 81 02", "21 43");
    expect(values.map(({ usage, value }) => [usage, value])).toEqual([[0x0009_0001, 2]]);
  });

  it("gives bytes for values of more than 32 bits", () => {
    const { values, wide } = decode(
      "06 00 FF 09 01 75 24 95 02 15 00 25 7F 81 02",
      "11 22 33 44 F5 FF FF FF 0F",
    );
    expect(values).toEqual([]);
    expect(wide.map(({ bytes }) => Buffer.from(bytes).toString("hex"))).toEqual(["1122334405", "ffffffff00"]);
    const serial = decode("06 00 FF 09 01 75 40 95 01 15 00 25 7F 81 02", "11 22 33 44 55 66 77 88");
    expect(serial.wide).toMatchObject([
      { usage: 0xff00_0001, index: 0, bytes: bytes("11 22 33 44 55 66 77 88") },
    ]);
  });

  it("passes over what comes after the report", () => {
    expect(decode(`${HAT} 81 42`, "03 FF FF").values).toHaveLength(1);
  });

  it("takes what is missing at the end for 0", () => {
    const { values } = decode(`${TWELVE_BITS} 81 06`, "03 00 F8");
    expect(values.map(({ value }) => value)).toEqual([-2048, 15]);
    expect(decode(`${TWELVE_BITS} 81 06`, "03").values.map(({ value }) => value)).toEqual([0, 0]);
    expect(decode("06 00 FF 09 01 75 24 95 01 81 02", "11").wide).toMatchObject([
      { bytes: bytes("11 00 00 00 00") },
    ]);
  });

  it("takes any value of a field that does not say what its range is", () => {
    const { values } = decode("05 01 09 30 75 08 95 01 81 02 09 31 15 05 25 01 81 02", "80 07");
    expect(values.map(({ value, inRange }) => [value, inRange])).toEqual([
      [0x80, true],
      [7, true],
    ]);
  });

  it("takes ones in every bit of a keyboard's slot for no key", () => {
    const { values } = decode("05 07 19 00 2A FF 00 15 00 26 FF 00 75 08 95 03 81 00", "04 FF FE");
    expect(values.map(({ usage }) => usage)).toEqual([0x0007_0004, undefined, 0x0007_00fe]);
  });

  it.each([
    ["no bytes at all", `${TWELVE_BITS} 81 06`, "", "report-length"],
    ["an id that does not exist", `${TWELVE_BITS} 81 06`, "04 00 F8 FF", "report-id"],
    ["a report where the descriptor has none", "", "00", "report-id"],
  ])("refuses %s", (_, descriptor, report, code) => {
    expect(codeOf(() => decode(descriptor, report))).toBe(code);
  });
});

describe("buildReport", () => {
  it("puts values in their bits, after the id", () => {
    const values = [
      { usage: Usage.Y, value: -1 },
      { usage: Usage.X, value: 0x123 },
    ];
    expect(build(`${TWELVE_BITS} 91 02`, values, 3)).toBe("0323f1ff");
  });

  it("puts active usages in the slots of an array", () => {
    const values = [
      { usage: 0x0007_0004, value: 1 },
      { usage: 0x0007_0005, value: 0 },
      { usage: 0x0007_0065, value: 1 },
    ];
    expect(build(`${KEYS} 91 00`, values)).toBe("046500000000");
  });

  it("gives values of one usage to its controls in order", () => {
    const descriptor = "06 00 FF 09 01 15 00 26 FF 00 75 08 95 02 91 02 09 02 91 02 09 01 95 01 91 02";
    const values = [1, 2, 3].map((value) => ({ usage: 0xff00_0001, value }));
    expect(build(descriptor, values)).toBe("0102000003");
    expect(codeOf(() => build(descriptor, [...values, values[0]!]))).toBe("invalid-value");
  });

  it("puts a value into the field that it names, where several have its usage", () => {
    const twice = "05 01 09 30 15 00 25 7F 75 08 95 01 91 02 09 30 91 02";
    const report = findReport(parseReportDescriptor(bytes(twice)), "output", undefined)!;
    const [first, second] = report.fields;
    expect(buildReport(report, [{ usage: Usage.X, value: 5, field: second }])).toEqual(bytes("00 05"));
    expect(buildReport(report, [{ usage: Usage.X, value: 5, field: first }])).toEqual(bytes("05 00"));
    expect(
      codeOf(() =>
        buildReport(
          report,
          [1, 2].map((value) => ({ usage: Usage.X, value, field: first })),
        ),
      ),
    ).toBe("invalid-value");
  });

  it.each([
    ["no value where there is one", `${HAT} 91 42`, "08"],
    ["0 where that is in the range", `${TWELVE_BITS} 91 02`, "03000000"],
    ["the logical minimum where 0 is not", "05 09 09 01 15 05 25 09 75 08 95 01 91 02", "05"],
    ["0 in an array that starts at 1", "05 09 19 01 29 05 15 01 25 05 75 08 95 02 91 00", "0000"],
    ["no usage in an array that starts at 0", "05 09 19 01 29 05 15 00 25 04 75 08 95 02 91 00", "0505"],
    ["no usage below a signed array", "05 09 19 01 29 80 15 81 25 7F 75 08 95 02 91 00", "8080"],
    ["0 in values of more than 32 bits", "06 00 FF 09 01 75 24 95 01 15 05 25 07 91 02", "0000000000"],
  ])("leaves %s", (_, descriptor, expected) => {
    expect(build(descriptor, [], descriptor.includes("85 03") ? 3 : undefined)).toBe(expected);
  });

  it.each([
    ["a usage that is not there", `${HAT} 91 42`, [{ usage: Usage.X, value: 0 }]],
    ["a usage that an array does not have", `${KEYS} 91 00`, [{ usage: 0x0007_0066, value: 1 }]],
    [
      "a second value for a control that others follow",
      X_AND_Y,
      [0, 1].map((value) => ({ usage: Usage.X, value })),
    ],
    ["a value below the range", `${HAT} 91 42`, [{ usage: Usage.HAT_SWITCH, value: -1 }]],
    ["a value above the range", `${HAT} 91 42`, [{ usage: Usage.HAT_SWITCH, value: 8 }]],
    ["half a value", `${HAT} 91 42`, [{ usage: Usage.HAT_SWITCH, value: 0.5 }]],
    [
      "a second value for one control",
      `${HAT} 91 42`,
      [0, 1].map((value) => ({ usage: Usage.HAT_SWITCH, value })),
    ],
    [
      "more keys than slots",
      `${KEYS} 91 00`,
      Array.from({ length: 7 }, (_, index) => ({ usage: 0x0007_0004 + index, value: 1 })),
    ],
    ["a constant", "05 09 09 01 15 00 25 01 75 08 95 01 91 03", [{ usage: 0x0009_0001, value: 1 }]],
  ])("refuses %s", (_, descriptor, values) => {
    expect(codeOf(() => build(descriptor, values))).toBe("invalid-value");
  });

  it("is the inverse of decodeReport", () => {
    const descriptor = parseReportDescriptor(
      bytes(
        `05 01 85 07 09 30 09 31 16 00 F8 26 FF 07 75 0C 95 02 B1 02 ${HAT} B1 42 05 09 19 01 29 03 25 01 75 01 95 03 B1 02`,
      ),
    );
    const report = findReport(descriptor, "feature", 7)!;
    const axis = fc.integer({ min: -2048, max: 2047 });
    const bit = fc.integer({ min: 0, max: 1 });
    fc.assert(
      fc.property(axis, axis, fc.integer({ min: 0, max: 7 }), bit, bit, bit, (...numbers) => {
        const usages = [Usage.X, Usage.Y, Usage.HAT_SWITCH, 0x0009_0001, 0x0009_0002, 0x0009_0003];
        const values = usages.map((usage, index) => ({ usage, value: numbers[index]! }));
        const { values: decoded } = decodeReport(descriptor, "feature", buildReport(report, values));
        expect(decoded.map(({ usage, value }) => ({ usage, value }))).toEqual(values);
      }),
      { seed: 12, numRuns: 500 },
    );
  });
});

describe("usageName", () => {
  it.each([
    [Usage.X, "Generic Desktop: X"],
    [0x0009_0003, "Button: 3"],
    [0x0007_0004, "Keyboard/Keypad: KeyA"],
    [0x0007_0027, "Keyboard/Keypad: Digit0"],
    [0x0007_0045, "Keyboard/Keypad: F12"],
    [0x0007_0052, "Keyboard/Keypad: ArrowUp"],
    [0x0007_0062, "Keyboard/Keypad: Numpad0"],
    [0x0007_0073, "Keyboard/Keypad: F24"],
    [0x0007_0081, "Keyboard/Keypad: AudioVolumeDown"],
    [0x0007_00e7, "Keyboard/Keypad: MetaRight"],
    [0x0008_0002, "LED: Caps Lock"],
    [0x000c_0238, "Consumer: AC Pan"],
    [0xf1d0_0001, "FIDO Alliance: U2F Authenticator Device"],
    [0xff00_0021, "Vendor 0xFF00: 0x0021"],
    [0x0077_0001, "Page 0x0077: 0x0001"],
    [0x0001_0000, "Generic Desktop: Undefined"],
  ])("of %i is %s", (usage, name) => {
    expect(usageName(usage)).toBe(name);
  });
});
