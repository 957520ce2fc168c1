/** Key events from reports: arrays, bit maps, several reports, roll-over, lights. */

import { describe, expect, it } from "vitest";
import {
  BOOT_KEYBOARD_DESCRIPTOR,
  buildBootKeyboardReport,
  buildKeyboardLeds,
  decodeReport,
  HidError,
  KeyboardDecoder,
  type KeyEvent,
  parseBootKeyboardReport,
  parseReportDescriptor,
} from "../src/index.ts";
import { bytes } from "./support.ts";

const boot = parseReportDescriptor(BOOT_KEYBOARD_DESCRIPTOR);
/** Report 1: eight modifiers and a bit for each key 0 to 103; report 2: volume keys; report 3: sleep, as an array. */
const bitMap = parseReportDescriptor(
  bytes(`05 01 09 06 A1 01 85 01 05 07 19 E0 29 E7 15 00 25 01 75 01 95 08 81 02 19 00 29 67 95 68 81 02 C0
    05 0C 09 01 A1 01 85 02 09 E9 09 EA 95 02 81 02 95 06 81 03 C0
    05 01 09 80 A1 01 85 03 19 81 29 83 15 01 25 03 75 08 95 01 81 00 C0`),
);

/** "+A4 -A5 shift": what went down and up, and the modifiers after the last event. */
function show(events: readonly KeyEvent[]): string {
  const { control, shift, alt, meta } = events.at(-1)?.modifiers ?? {};
  const held = Object.entries({ control, shift, alt, meta }).flatMap(([name, isHeld]) =>
    isHeld ? [name] : [],
  );
  const changes = events.map(({ pressed, usage }) => `${pressed ? "+" : "-"}${usage.toString(16)}`);
  return [...changes, ...held].join(" ");
}

function eventsOf(descriptor: typeof boot, reports: readonly string[]): string[] {
  const keyboard = new KeyboardDecoder();
  return reports.map((report) => show(keyboard.apply(decodeReport(descriptor, "input", bytes(report)))));
}

describe("KeyboardDecoder", () => {
  it("tells what changed from one report to the next", () => {
    const reports = [
      "00 00 04 00 00 00 00 00",
      "00 00 04 05 00 00 00 00",
      "00 00 05 00 00 00 00 00",
      "00 00 05 00 00 00 00 00",
      "00 00 00 00 00 00 00 00",
    ];
    expect(eventsOf(boot, reports)).toEqual(["+70004", "+70005", "-70004", "", "-70005"]);
  });

  it("tells modifiers before keys, and what is held after each", () => {
    const keyboard = new KeyboardDecoder();
    const down = keyboard.apply(decodeReport(boot, "input", bytes("22 00 04 00 00 00 00 00")));
    expect(down.map(({ usage, pressed, modifiers }) => [usage, pressed, modifiers.bits])).toEqual([
      [0x0007_00e1, true, 0x02],
      [0x0007_00e5, true, 0x22],
      [0x0007_0004, true, 0x22],
    ]);
    expect(down[2]?.modifiers).toEqual({ control: false, shift: true, alt: false, meta: false, bits: 0x22 });
    expect(show(keyboard.apply(decodeReport(boot, "input", bytes("81 00 00 00 00 00 00 00"))))).toBe(
      "-700e1 -700e5 +700e0 +700e7 -70004 control meta",
    );
    expect([...keyboard.pressed]).toEqual([0x0007_00e0, 0x0007_00e7]);
    expect(keyboard.modifiers.bits).toBe(0x81);
  });

  it("keeps the keys that are down through a roll-over, but takes its modifiers", () => {
    const reports = ["00 00 04 05 00 00 00 00", "02 00 01 01 01 01 01 01", "02 00 05 00 00 00 00 00"];
    expect(eventsOf(boot, reports)).toEqual(["+70004 +70005", "+700e1 shift", "-70004 shift"]);
  });

  it.each(["02", "03"])("takes error %s for no key", (error) => {
    const report = ["00 00", ...Array.from({ length: 6 }, () => error)].join(" ");
    expect(eventsOf(boot, [report])).toEqual([""]);
  });

  it("reads bit maps, and the keys of other reports, side by side", () => {
    const none = "00 ".repeat(13);
    const reports = [
      `01 01 10 ${none.slice(3)}`,
      "02 01",
      `01 00 10 ${none.slice(3)}`,
      "03 02",
      "02 02",
      "03 00",
      `01 00 ${none}`,
    ];
    expect(eventsOf(bitMap, reports)).toEqual([
      "+700e0 +70004 control",
      "+c00e9 control",
      "-700e0",
      "+10082",
      "-c00e9 +c00ea",
      "-10082",
      "-70004",
    ]);
  });

  it("takes only switches of its pages for keys", () => {
    // A button, a volume of eight bits, and a key that is a switch.
    const mixed = parseReportDescriptor(
      bytes(`05 09 09 01 15 00 25 01 75 01 95 01 81 02 05 07 09 04 81 02 75 06 81 03
        05 0C 09 E0 25 7F 75 08 81 02`),
    );
    expect(eventsOf(mixed, ["03 7F", "01 00"])).toEqual(["+70004", "-70004"]);
  });

  it("lets go of everything when it is told to", () => {
    const keyboard = new KeyboardDecoder();
    keyboard.apply(decodeReport(boot, "input", bytes("02 00 04 00 00 00 00 00")));
    expect(show(keyboard.releaseAll())).toBe("-700e1 -70004");
    expect(keyboard.releaseAll()).toEqual([]);
  });
});

describe("buildKeyboardLeds", () => {
  it("sets the lights that are given and clears the others", () => {
    expect(buildKeyboardLeds(boot, { capsLock: true, kana: true })).toEqual(Uint8Array.of(0b10010));
    expect(buildKeyboardLeds(boot, {})).toEqual(Uint8Array.of(0));
  });

  it("has nothing to send where there are no lights", () => {
    expect(buildKeyboardLeds(bitMap, { capsLock: true })).toBeUndefined();
  });
});

describe("boot keyboard", () => {
  it("is read without a descriptor, and as the descriptor says", () => {
    const report = bytes("05 00 04 FF 00 00 00 00");
    // The slot of ones is no key.
    expect(parseBootKeyboardReport(report)).toEqual({ modifiers: 5, keys: [0x04], isRollOver: false });
    const keyboard = new KeyboardDecoder();
    keyboard.apply(decodeReport(boot, "input", report));
    expect([...keyboard.pressed]).toEqual([0x0007_00e0, 0x0007_00e2, 0x0007_0004]);
  });

  it("takes the usage behind the modifiers for no modifier", () => {
    const keyboard = new KeyboardDecoder();
    keyboard.apply(decodeReport(boot, "input", bytes("00 00 E8 DF 00 00 00 00")));
    expect([keyboard.pressed.size, keyboard.modifiers.bits]).toEqual([2, 0]);
  });

  it("knows a roll-over", () => {
    expect(parseBootKeyboardReport(bytes("01 00 01 01 01 01 01 01"))).toEqual({
      modifiers: 1,
      keys: [],
      isRollOver: true,
    });
  });

  it("is built, with a roll-over where keys are too many", () => {
    expect(buildBootKeyboardReport(2, [4, 5])).toEqual(bytes("02 00 04 05 00 00 00 00"));
    expect(buildBootKeyboardReport(0, [4, 5, 6, 7, 8, 9, 10])).toEqual(bytes("00 00 01 01 01 01 01 01"));
    expect(() => buildBootKeyboardReport(0, [256])).toThrow(HidError);
    expect(() => buildBootKeyboardReport(0.5, [])).toThrow(HidError);
  });

  it("is refused when it is short", () => {
    expect(() => parseBootKeyboardReport(new Uint8Array(7))).toThrow(
      "A boot keyboard's report has at least 8 bytes, but this one has 7",
    );
  });
});
