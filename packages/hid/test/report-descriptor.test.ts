/** The rules of HID 1.11, 6.2.2, one by one, on descriptors as short as the rule allows. */

import { describe, expect, it } from "vitest";
import {
  decodeReport,
  decodeUnit,
  HidError,
  itemsOf,
  parseReportDescriptor,
  physicalValue,
  positionOfUsage,
  type ReportDescriptor,
  unitSymbol,
  usagesOfControl,
  usesIds,
} from "../src/index.ts";
import { bytes, hexUsage, usagesOf } from "./support.ts";

const parse = (hex: string): ReportDescriptor => parseReportDescriptor(bytes(hex));
const fieldsOf = (hex: string) => parse(hex).reports.flatMap(({ fields }) => fields);
const codeOf = (hex: string | Uint8Array): string | undefined => {
  try {
    parseReportDescriptor(typeof hex === "string" ? bytes(hex) : hex);
  } catch (error) {
    if (error instanceof HidError) return error.code;
    throw error;
  }
  return undefined;
};

/** Report Size 8, Report Count 1, Logical 0 to 127. */
const BYTE = "75 08 95 01 15 00 25 7F";
const INPUT = "81 02";

describe("items", () => {
  it("have 0, 1, 2 or 4 bytes of data, least significant byte first", () => {
    const items = [...itemsOf(bytes("A4 05 01 26 FF 00 27 04 03 02 01"))];
    expect(items.map((item) => item.kind === "short" && [item.size, item.unsigned])).toEqual([
      [0, 0],
      [1, 1],
      [2, 0xff],
      [4, 0x01020304],
    ]);
  });

  it("can be long, and are then passed over", () => {
    const hex = `FE 03 F0 01 02 03 05 01 09 30 ${BYTE} ${INPUT}`;
    const [long] = [...itemsOf(bytes(hex))];
    expect(long).toEqual({ kind: "long", offset: 0, tag: 0xf0, data: Uint8Array.of(1, 2, 3) });
    expect(fieldsOf(hex)).toHaveLength(1);
    expect(parse(hex).problems).toContainEqual({ offset: 0, message: "long item with the tag 240" });
  });

  it("can be long and the last, or long and empty", () => {
    expect([...itemsOf(bytes("FE 01 F0 07"))]).toEqual([
      { kind: "long", offset: 0, tag: 0xf0, data: Uint8Array.of(7) },
    ]);
    expect([...itemsOf(bytes("FE 00 F0"))]).toMatchObject([{ data: { length: 0 } }]);
  });

  it.each(["FE", "FE 00", "FE 01 F0"])("are rejected where they are long and cut off: %s", (hex) => {
    expect(codeOf(hex)).toBe("truncated-item");
  });

  it("are the last where they are cut off, and what was whole stays", () => {
    const descriptor = parse(`05 01 09 30 ${BYTE} ${INPUT} 27 00 00 00`);
    expect(descriptor).toMatchObject({ isComplete: false, fields: [{ bitSize: 8 }] });
    expect(descriptor.problems.at(-1)).toEqual({ offset: 14, message: "item that is cut off" });
    expect(parse("05")).toMatchObject({ isComplete: false, reports: [] });
  });

  it("of reserved tags and types are passed over, and listed", () => {
    const { problems, reports } = parse(`C4 69 00 0D 00 20 05 01 09 30 ${BYTE} ${INPUT}`);
    expect(reports).toHaveLength(1);
    expect(problems.map(({ offset, message }) => [offset, message])).toEqual([
      [0, "global item with the reserved tag 12"],
      [1, "local item with the reserved tag 6"],
      [3, "item of the reserved type"],
      [5, "main item with the reserved tag 2"],
      [18, "input field outside of any collection"],
    ]);
  });
});

describe("usages", () => {
  it("get the last page before the main item, unless they bring their own", () => {
    const [field] = fieldsOf(`05 09 09 01 0B 30 00 01 00 05 0C 75 08 95 02 ${INPUT}`);
    expect(usagesOf(field!)).toEqual(["000c0001", "00010030"]);
  });

  it("can be ranges, of two or four bytes too", () => {
    const [field] = fieldsOf(`05 09 1A 01 00 2A 03 00 1B 05 00 07 00 2B 06 00 07 00 75 01 95 05 ${INPUT}`);
    expect(usagesOf(field!)).toEqual(["00090001", "00090002", "00090003", "00070005", "00070006"]);
  });

  it("stay a range however many they are", () => {
    const [field] = fieldsOf(`05 09 19 00 2A FF FF 75 08 95 01 ${INPUT}`);
    expect(field).toMatchObject({ usageCount: 0x1_0000, usages: [{ first: 0x9_0000, last: 0x9_ffff }] });
  });

  it.each([
    ["ends before it starts", "05 09 19 05 29 01", ["00090005", "00090006", "00090007"]],
    ["is on two pages", "1B 01 00 09 00 2B 01 00 0A 00", ["00090001", "00090002", "00090003"]],
    ["ends before it starts near the last id", "05 09 1A FE FF 29 01", ["0009fffe", "0009ffff"]],
  ])("go on from the first, as in Linux, and are listed, where a range %s", (_, range, expected) => {
    const descriptor = parse(`A1 01 ${range} 75 01 95 03 ${INPUT} C0`);
    const [field] = descriptor.fields;
    expect(usagesOf(field!).slice(0, 3)).toEqual(expected);
    expect(field!.usageCount).toBeLessThanOrEqual(12288);
    expect(descriptor.problems[0]?.message).toContain("range of usages");
  });

  it("of delimiters are alternates of one control", () => {
    // Delimiter open, X, Vx; close; then Y.
    const [field] = fieldsOf(`05 01 A9 01 09 30 09 40 A9 00 09 31 75 08 95 02 ${INPUT}`);
    expect(usagesOf(field!)).toEqual(["00010030", "00010031"]);
    expect(usagesOfControl(field!, 0).map(hexUsage)).toEqual(["00010030", "00010040"]);
    expect(usagesOfControl(field!, 1).map(hexUsage)).toEqual(["00010031"]);
  });

  it("of delimiters can be ranges, control by control", () => {
    const [field] = fieldsOf(
      `A9 01 05 09 19 01 29 03 1B 0A 00 0C 00 2B 0B 00 0C 00 A9 00 75 01 95 03 ${INPUT}`,
    );
    expect([0, 1, 2].map((index) => usagesOfControl(field!, index).map(hexUsage))).toEqual([
      ["00090001", "000c000a"],
      ["00090002", "000c000b"],
      ["00090003"],
    ]);
  });

  it("of delimiters can be looked up, as far as there are controls", () => {
    const [field] = fieldsOf(
      `A9 01 05 09 19 01 29 02 1B 0A 00 0C 00 2B 0F 00 0C 00 A9 00 09 07 75 01 95 03 ${INPUT}`,
    );
    const usages = [0x0009_0002, 0x000c_000a, 0x000c_000b, 0x000c_000c, 0x0009_0007, 0x0009_0003];
    expect(usages.map((usage) => positionOfUsage(field!, usage))).toEqual([1, 0, 1, undefined, 2, undefined]);
  });

  it.each([
    ["opened twice", "A9 01 A9 01 09 30 09 40 A9 00"],
    ["closed twice", "A9 01 09 30 A9 00 A9 00"],
    ["not closed before a main item", "A9 01 09 30 09 40"],
    ["closed and not opened", "A9 00 09 30"],
  ])("keep their first where a set of alternates is %s, which is listed", (_, hex) => {
    const descriptor = parse(`05 01 A1 01 ${hex} ${BYTE} ${INPUT} 09 31 ${INPUT} C0`);
    expect(descriptor.fields.map((field) => usagesOf(field)[0])).toEqual(["00010030", "00010031"]);
    expect(descriptor.problems[0]?.message).toContain("set of alternate usages");
  });

  it("do not outlive a main item, be it a field or a collection", () => {
    const fields = fieldsOf(`05 01 09 06 A1 01 ${BYTE} ${INPUT} 09 30 ${INPUT} ${INPUT} C0`);
    expect(fields.map(usagesOf)).toEqual([[], ["00010030"], []]);
  });
});

describe("global items", () => {
  it("are kept by Push and brought back by Pop", () => {
    const fields = fieldsOf(
      `05 01 ${BYTE} A4 05 09 75 01 15 FF A4 95 03 09 01 ${INPUT} B4 09 01 ${INPUT} B4 09 30 ${INPUT}`,
    );
    expect(fields.map(({ bitSize, count, logicalMinimum }) => [bitSize, count, logicalMinimum])).toEqual([
      [1, 3, -1],
      [1, 1, -1],
      [8, 1, 0],
    ]);
    expect(fields.map(usagesOf)).toEqual([["00090001"], ["00090001"], ["00010030"]]);
  });

  it("are rejected where Pop has no Push, or Push has no end", () => {
    expect(codeOf("B4")).toBe("unbalanced-stack");
    expect(codeOf("A4 ".repeat(300))).toBe("unbalanced-stack");
  });

  it.each([
    ["15 81 25 7F", -127, 127],
    ["15 00 25 FF", 0, 255],
    ["15 00 26 FF FF", 0, 65535],
    ["15 00 27 FF FF FF FF", 0, 0xffff_ffff],
    ["16 00 80 26 FF 7F", -32768, 32767],
    ["15 FF 25 FE", -1, -2],
    ["17 00 00 00 80 25 00", -0x8000_0000, 0],
    ["25 FF 15 00", 0, 255],
    ["24 14", 0, 0],
  ])("%s is a range from %i to %i", (hex, logicalMinimum, logicalMaximum) => {
    const [field] = fieldsOf(`05 01 09 30 75 20 95 01 ${hex} ${INPUT}`);
    expect(field).toMatchObject({ logicalMinimum, logicalMaximum });
  });

  it.each([
    ["55 00", 0],
    ["55 07", 7],
    ["55 08", -8],
    ["55 0E", -2],
    ["55 FE", -2],
    ["56 FE FF", -2],
  ])("%s is the unit exponent %i", (hex, unitExponent) => {
    expect(fieldsOf(`05 01 09 30 ${BYTE} ${hex} ${INPUT}`)[0]).toMatchObject({ unitExponent });
  });

  it("give a value its unit", () => {
    // 0 to 127 is -50 to 204 in tenths of a centimetre, and 1 count is 2 of them.
    const [field] = fieldsOf(`05 01 09 30 ${BYTE} 35 CE 46 CC 00 65 11 55 0F ${INPUT}`);
    expect(physicalValue(field!, 0)).toBeCloseTo(-5);
    expect(physicalValue(field!, 127)).toBeCloseTo(20.4);
    expect(physicalValue(field!, 128)).toBeUndefined();
    expect(unitSymbol(field!.unit)).toBe("cm");
  });

  it.each([
    ["35 00 45 64", 0, 100],
    ["35 9C 44", -100, 0],
    ["34 44", 0, 127],
    ["35 01 45 01", 0, 127],
    ["35 9C 45 9C", 0, 127],
    ["35 00 45 FF", 0, 255],
  ])("%s is a physical range from %i to %i", (hex, physicalMinimum, physicalMaximum) => {
    const [field] = fieldsOf(`05 01 09 30 ${BYTE} ${hex} ${INPUT}`);
    expect(field).toMatchObject({ physicalMinimum, physicalMaximum });
  });

  it("take the logical range for the physical one where that is missing", () => {
    const [field] = fieldsOf(`05 01 09 30 ${BYTE} ${INPUT}`);
    expect(field).toMatchObject({ physicalMinimum: 0, physicalMaximum: 127 });
  });

  it.each(["85 00", "86 00 01", "84"])("are rejected where the report id is no id: %s", (hex) => {
    expect(codeOf(`05 01 09 30 ${hex} ${BYTE} ${INPUT}`)).toBe("report-id");
  });
});

describe("units", () => {
  it.each([
    [0x00000000, "", "none"],
    [0x00000011, "cm", "si-linear"],
    [0x0000e011, "cm·s^-2", "si-linear"],
    [0x00f0d121, "cm^2·g·s^-3·A^-1", "si-linear"],
    [0x00000014, "°", "english-rotation"],
    [0x00010001, "K", "si-linear"],
    [0x01000001, "cd", "si-linear"],
    [0x0000000f, undefined, "vendor"],
    [0x00000015, undefined, "reserved"],
  ])("%i is %s", (code, symbol, system) => {
    expect(unitSymbol(code)).toBe(symbol);
    expect(decodeUnit(code).system).toBe(system);
  });
});

describe("reports", () => {
  it("are told apart by type and id, and go on where they stopped", () => {
    const { reports } = parse(
      `05 01 85 01 ${BYTE} 09 30 ${INPUT} 85 02 09 30 ${INPUT} 85 01 75 03 09 31 ${INPUT} 91 02 B1 02`,
    );
    expect(
      reports.map(({ type, id, bitLength, transferLength }) => [type, id, bitLength, transferLength]),
    ).toEqual([
      ["input", 1, 11, 3],
      ["input", 2, 8, 2],
      ["output", 1, 3, 2],
      ["feature", 1, 3, 2],
    ]);
  });

  it.each([
    ["96 FF FF 75 08", 0xffff],
    ["97 00 00 01 00 75 08", 0],
    ["97 FF FF FF FF 77 FF FF FF FF", 0],
    ["85 01 96 FF FF 75 08", 1],
  ])("of %s are no longer than a transfer: the field is left out", (hex, transferLength) => {
    const { reports, fields, problems } = parse(`05 01 A1 01 09 30 ${hex} ${INPUT} C0`);
    expect(reports).toMatchObject([{ transferLength }]);
    expect(fields).toHaveLength(transferLength === 0xffff ? 1 : 0);
    expect(problems.map(({ message }) => message)).toEqual(
      transferLength === 0xffff ? [] : ["input field beyond the end of the longest transfer"],
    );
  });

  it("are bounded in sum, too; fields after the one that is too long are in the wrong place, and others go on", () => {
    const { reports } = parse(`05 01 09 30 95 FF 75 FF ${"81 02 ".repeat(9)} 95 01 75 08 ${INPUT} 91 02`);
    expect(reports.map(({ type, fields }) => [type, fields.length])).toEqual([
      ["input", 8],
      ["output", 1],
    ]);
  });

  it("leave out fields without bits, however many controls they claim", () => {
    const { reports, problems } = parse(`05 01 09 30 97 FF FF FF FF 75 00 ${INPUT}`);
    expect(reports[0]).toMatchObject({ bitLength: 0, fields: [] });
    expect(problems[0]?.message).toBe("input field without bits");
  });

  it("have ids type by type, as in Linux", () => {
    const descriptor = parse(`05 01 09 02 A1 01 ${BYTE} 09 30 ${INPUT} 85 02 09 31 B1 02 C0`);
    expect([usesIds(descriptor, "input"), usesIds(descriptor, "feature")]).toEqual([false, true]);
    expect(descriptor.reports.map(({ transferLength }) => transferLength)).toEqual([1, 2]);
  });

  it("without an id among others of their type have the id 0", () => {
    const descriptor = parse(`05 01 09 02 A1 01 ${BYTE} 09 30 ${INPUT} 85 02 09 31 ${INPUT} C0`);
    expect(descriptor.reports.map(({ transferLength }) => transferLength)).toEqual([2, 2]);
    const decoded = [bytes("00 05"), bytes("02 06")].map((each) => decodeReport(descriptor, "input", each));
    expect(decoded.map(({ values }) => values.map(({ usage, value }) => [hexUsage(usage), value]))).toEqual([
      [["00010030", 5]],
      [["00010031", 6]],
    ]);
  });

  it("should all have an id where one has", () => {
    const hex = (id: string) => `05 01 09 02 A1 01 ${BYTE} 09 30 ${id} ${INPUT} 85 02 09 31 ${INPUT} C0`;
    expect(parse(hex("")).problems.map(({ message }) => message)).toEqual([
      "some reports have no id, though others have",
    ]);
    expect(parse(hex("85 01")).problems).toEqual([]);
  });

  it("keep the flags of their fields", () => {
    expect(fieldsOf(`05 01 09 30 ${BYTE} 92 FE 01`)[0]).toMatchObject({
      kind: "variable",
      isConstant: false,
      isRelative: true,
      wraps: true,
      isNonLinear: true,
      hasPreferredState: false,
      hasNullState: true,
      isVolatile: true,
      isBufferedBytes: true,
    });
    expect(fieldsOf(`05 01 09 30 ${BYTE} 80`)[0]).toMatchObject({
      kind: "array",
      isConstant: false,
      isRelative: false,
      hasPreferredState: true,
      hasNullState: false,
      isVolatile: false,
    });
  });
});

describe("collections", () => {
  it("are a tree, with the fields that are directly in each", () => {
    const { collections } = parse(
      `05 01 09 02 A1 01 09 01 A1 00 09 30 ${BYTE} ${INPUT} C0 09 31 ${INPUT} C0 06 00 FF 09 01 A1 80 C0`,
    );
    expect(collections).toMatchObject([
      {
        usage: 0x0001_0002,
        type: 1,
        parent: undefined,
        children: [{ usage: 0x0001_0001, type: 0, children: [] }],
      },
      { usage: 0xff00_0001, type: 0x80, fields: [] },
    ]);
    const [mouse] = collections;
    expect(mouse?.children[0]?.parent).toBe(mouse);
    expect(mouse?.fields.map(usagesOf)).toEqual([["00010031"]]);
    expect(mouse?.children[0]?.fields.map(usagesOf)).toEqual([["00010030"]]);
    expect(mouse?.fields[0]?.collection).toBe(mouse);
  });

  it("without a usage have the page alone", () => {
    expect(parse("06 00 FF A1 02 C0").collections[0]).toMatchObject({ usage: 0xff00_0000, type: 2 });
  });

  it("keep the strings and designators of what is in them", () => {
    const { collections } = parse(
      `05 01 79 03 09 02 A1 01 89 01 99 02 39 07 49 01 59 04 09 30 ${BYTE} ${INPUT} C0`,
    );
    expect(collections[0]).toMatchObject({ strings: [{ first: 3, last: 3 }] });
    expect(collections[0]?.fields[0]).toMatchObject({
      strings: [{ first: 1, last: 2 }],
      designators: [
        { first: 7, last: 7 },
        { first: 1, last: 4 },
      ],
    });
  });

  it("say so when they are not closed", () => {
    expect(parse("05 01 09 02 A1 01 C0").isComplete).toBe(true);
    expect(parse("05 01 09 02 A1 01")).toMatchObject({
      isComplete: false,
      problems: [{ offset: 4, message: "collection that is not closed" }],
    });
  });

  it("are rejected where they end too often or nest without end", () => {
    expect(codeOf("A1 01 C0 C0")).toBe("unbalanced-collection");
    expect(codeOf("A1 01 ".repeat(300))).toBe("unbalanced-collection");
  });
});

describe("lengths", () => {
  it("of descriptors end where control transfers do", () => {
    expect(codeOf(new Uint8Array(0xffff))).toBeUndefined();
    expect(codeOf(new Uint8Array(0x1_0000))).toBe("descriptor-length");
  });

  it("of lists of mistakes are bounded", () => {
    expect(parseReportDescriptor(new Uint8Array(1000)).problems).toHaveLength(32);
  });
});
