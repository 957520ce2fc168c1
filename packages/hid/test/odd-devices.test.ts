/** What public bug reports say of devices that mean another thing than HID 1.11 does, as Linux reads them. */

import { describe, expect, it } from "vitest";
import {
  decodeReport,
  GamepadDecoder,
  gamepadMapping,
  KeyboardDecoder,
  MouseDecoder,
  parseReportDescriptor,
  StandardButton,
} from "../src/index.ts";
import { bytes, usagesOf } from "./support.ts";

const INPUT = "81 02";
const fieldsOf = (hex: string) => parseReportDescriptor(bytes(hex)).fields;
const { DPAD_UP, DPAD_DOWN, DPAD_LEFT, DPAD_RIGHT } = StandardButton;

/** The buttons that are down and the axes after a report of a gamepad. */
function gamepadOf(descriptor: string, report: string) {
  const parsed = parseReportDescriptor(bytes(`05 01 09 05 A1 01 ${descriptor} C0`));
  const decoder = new GamepadDecoder(parsed, gamepadMapping(parsed));
  const state = decoder.apply(decodeReport(parsed, "input", bytes(report)));
  return {
    axes: state?.axes,
    pressed: state?.buttons.flatMap(({ pressed }, index) => (pressed ? [index] : [])),
  };
}

describe("usages", () => {
  it.each([
    // Linux: the last page goes for the usages before it, back to the first that is on it by itself.
    ["each page before its usage", "05 01 09 30 05 02 09 C4", ["00010030", "000200c4"]],
    ["a page after all of them", "05 02 09 30 09 31 05 01", ["00010030", "00010031"]],
    ["a page before and after", "05 09 09 01 05 01 09 30 05 09", ["00090001", "00090030"]],
    ["a range between two pages", "05 01 09 30 05 09 19 01 29 02", ["00010030", "00090001", "00090002"]],
    ["a usage with a page of its own between", "05 01 09 30 0B 05 00 0C 00 05 02", ["00020030", "000c0005"]],
  ])("keep the page that they were declared on, unless it stands after them: %s", (_, items, expected) => {
    const [field] = fieldsOf(`A1 01 ${items} 75 08 95 03 15 00 26 FF 00 ${INPUT} C0`);
    expect(usagesOf(field!)).toEqual(expected);
  });
});

describe("a hat switch", () => {
  const hat = (range: string) => `09 39 ${range} 75 08 95 01 81 02`;

  it.each([
    // Nine values, the last of which is the centre.
    ["15 00 25 08", "00", [DPAD_UP]],
    ["15 00 25 08", "03", [DPAD_DOWN, DPAD_RIGHT]],
    ["15 00 25 08", "07", [DPAD_UP, DPAD_LEFT]],
    ["15 00 25 08", "08", []],
    ["15 01 25 09", "01", [DPAD_UP]],
    ["15 01 25 09", "09", []],
    // Four directions and the centre.
    ["15 00 25 04", "01", [DPAD_RIGHT]],
    ["15 00 25 04", "04", []],
    // Out of its range, whether or not it says that it has a null state.
    ["15 00 25 07", "0F", []],
    ["15 01 25 08", "00", []],
    // Without a range nothing can be a direction.
    ["15 00 25 00", "02", []],
  ])("of %s says with %s that %j are down", (range, report, expected) => {
    expect(gamepadOf(hat(range), report).pressed).toEqual(expected);
  });
});

describe("an axis that forgot its range", () => {
  it("moves no stick and no pointer to its end", () => {
    expect(gamepadOf("09 30 15 00 25 00 75 08 95 01 81 02 09 31 26 FF 00 81 02", "80 FF").axes).toEqual([
      0, 1, 0, 0,
    ]);
    const pointer = parseReportDescriptor(bytes("05 01 09 02 A1 01 09 30 09 31 75 08 95 02 81 02 C0"));
    const moved = new MouseDecoder().apply(decodeReport(pointer, "input", bytes("10 20")));
    expect(moved?.position).toBeUndefined();
  });

  it("counts the steps of a mouse, whose value is right whatever the range is", () => {
    const mouse = parseReportDescriptor(bytes("05 01 09 02 A1 01 09 30 09 31 75 08 95 02 81 06 C0"));
    const moved = new MouseDecoder().apply(decodeReport(mouse, "input", bytes("05 06")));
    expect(moved).toMatchObject({ movementX: 5, movementY: 6 });
  });
});

describe("a keyboard", () => {
  const keys = parseReportDescriptor(
    bytes("05 01 09 06 A1 01 05 07 19 00 2A FF 00 15 00 26 FF 00 75 08 95 03 81 00 C0"),
  );
  const pressedAfter = (...reports: string[]) => {
    const keyboard = new KeyboardDecoder();
    for (const report of reports) keyboard.apply(decodeReport(keys, "input", bytes(report)));
    return [...keyboard.pressed];
  };

  it("has no key in a slot of ones, and keeps its keys while it cannot tell them", () => {
    expect(pressedAfter("04 FF FF")).toEqual([0x0007_0004]);
    expect(pressedAfter("04 05 00", "01 01 01")).toEqual([0x0007_0004, 0x0007_0005]);
    expect(pressedAfter("01 01 01")).toEqual([]);
  });
});

describe("a report of half a million controls", () => {
  it("costs no more than what comes of it", () => {
    const wide = parseReportDescriptor(
      bytes("05 09 19 01 29 08 A1 01 19 01 29 08 25 01 75 01 97 F8 FF 07 00 81 02 C0"),
    );
    expect(decodeReport(wide, "input", Uint8Array.of(1)).values).toHaveLength(12288);
    expect(decodeReport(wide, "input", new Uint8Array(2000)).values).toHaveLength(16000);
  });
});
