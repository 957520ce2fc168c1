/** Movements from reports: mice, wheels, tablets, and what is no mouse. */

import { describe, expect, it } from "vitest";
import {
  BOOT_MOUSE_DESCRIPTOR,
  decodeReport,
  HidError,
  MouseDecoder,
  parseBootMouseReport,
  parseReportDescriptor,
} from "../src/index.ts";
import { bytes } from "./support.ts";

const BUTTONS = "05 09 19 01 29 03 15 00 25 01 75 01 95 03 81 02 75 05 95 01 81 03";
const inMouse = (fields: string) =>
  parseReportDescriptor(bytes(`05 01 09 02 A1 01 09 01 A1 00 ${fields} C0 C0`));
const wheelMouse = inMouse(
  `${BUTTONS} 05 01 09 30 09 31 09 38 15 81 25 7F 75 08 95 03 81 06 05 0C 0A 38 02 95 01 81 06`,
);
/** As QEMU's tablet has it: X and Y from 0 to 32767, absolute. */
const tablet = inMouse(
  `${BUTTONS} 05 01 09 30 09 31 15 00 26 FF 7F 75 10 95 02 81 02 09 38 15 81 25 7F 75 08 95 01 81 06`,
);

const read = (descriptor: typeof tablet, reports: readonly string[]) => {
  const mouse = new MouseDecoder();
  return reports.map((report) => mouse.apply(decodeReport(descriptor, "input", bytes(report))));
};

describe("MouseDecoder", () => {
  it("tells movements, both wheels and buttons", () => {
    expect(read(wheelMouse, ["05 FF 02 01 FE", "00 00 00 00 00"])).toEqual([
      { movementX: -1, movementY: 2, wheel: 1, horizontalWheel: -2, position: undefined, buttons: 5 },
      { movementX: 0, movementY: 0, wheel: 0, horizontalWheel: 0, position: undefined, buttons: 0 },
    ]);
  });

  it("takes a movement out of range for none", () => {
    expect(read(wheelMouse, ["00 80 80 80 80"])[0]).toMatchObject({ movementX: 0, movementY: 0, wheel: 0 });
  });

  it("tells where a tablet is", () => {
    const [first, second] = read(tablet, ["01 00 00 FF 7F 00", "00 FF FF 00 40 FF"]);
    expect(first).toMatchObject({ position: { x: 0, y: 1 }, movementX: 0, movementY: 0, buttons: 1 });
    // X is out of range: it stays where it was.
    expect(second).toMatchObject({ position: { x: 0, y: 16384 / 32767 }, wheel: -1, buttons: 0 });
  });

  it("counts positions from the logical minimum on", () => {
    const signed = inMouse("05 01 09 30 09 31 15 81 25 7F 75 08 95 02 81 02");
    expect(read(signed, ["81 7F"])[0]).toMatchObject({ position: { x: 0, y: 1 } });
    expect(read(signed, ["00 00"])[0]).toMatchObject({ position: { x: 0.5, y: 0.5 } });
  });

  it("reads descriptors that forget the collection", () => {
    const bare = parseReportDescriptor(bytes("05 01 09 30 09 31 15 81 25 7F 75 08 95 02 81 06"));
    expect(read(bare, ["05 06"])[0]).toMatchObject({ movementX: 5, movementY: 6 });
  });

  it.each(["04", "05"])("passes over the pointer of joysticks and gamepads", (usage) => {
    const descriptor = parseReportDescriptor(
      bytes(`05 01 09 ${usage} A1 01 09 01 A1 00 09 30 09 31 15 81 25 7F 75 08 95 02 81 06 C0 C0`),
    );
    expect(read(descriptor, ["05 06"])).toEqual([undefined]);
  });
});

describe("boot mouse", () => {
  it("is read without a descriptor, and as the descriptor says", () => {
    const report = bytes("02 80 7F 01");
    expect(parseBootMouseReport(report)).toEqual({ buttons: 2, x: -128, y: 127, rest: Uint8Array.of(1) });
    const boot = parseReportDescriptor(BOOT_MOUSE_DESCRIPTOR);
    expect(read(boot, ["02 81 7F 01"])[0]).toMatchObject({ buttons: 2, movementX: -127, movementY: 127 });
  });

  it("is refused when it is short", () => {
    expect(() => parseBootMouseReport(new Uint8Array(2))).toThrow(HidError);
  });
});
