/** Gamepads: where the controls of known and unknown devices end up. */

import { describe, expect, it } from "vitest";
import {
  decodeReport,
  GamepadDecoder,
  type GamepadIdentity,
  type GamepadState,
  gamepadMapping,
  parseReportDescriptor,
  type ReportDescriptor,
  StandardButton,
} from "../src/index.ts";
import { bytes, readVectors } from "./support.ts";

const { cases } = readVectors("hid_report_descriptors") as {
  readonly cases: readonly { readonly name: string; readonly descriptor_hex: string }[];
};
const real = (name: string): ReportDescriptor =>
  parseReportDescriptor(bytes(cases.find((each) => each.name === name)!.descriptor_hex));

const read = (descriptor: ReportDescriptor, reports: readonly string[], identity?: GamepadIdentity) => {
  const gamepad = new GamepadDecoder(descriptor, gamepadMapping(descriptor, identity));
  return reports.map((report) => gamepad.apply(decodeReport(descriptor, "input", bytes(report))));
};

/** The numbers of the buttons that are down. */
const pressed = (state: GamepadState | undefined): number[] =>
  state?.buttons.flatMap((button, index) => (button.pressed ? [index] : [])) ?? [];

const { SOUTH, EAST, WEST, NORTH, LEFT_TRIGGER, RIGHT_TRIGGER, SELECT, HOME, TOUCHPAD } = StandardButton;
const { DPAD_UP, DPAD_DOWN, DPAD_LEFT, DPAD_RIGHT } = StandardButton;

describe("a DualShock 4", () => {
  const descriptor = real("pasztor_gamepad_PS4_1");
  const identity = { vendorId: 0x054c, productId: 0x09cc };
  const report = (hex: string) => `01 ${hex} ${"00 ".repeat(64 - 1 - hex.split(" ").length)}`;
  const neutral = "80 80 80 80 08 00 00 00 00";

  it("has the standard mapping", () => {
    const [state] = read(descriptor, [report("00 FF 80 80 08 00 00 00 00")], identity);
    expect(state).toMatchObject({ mapping: "standard", buttons: { length: 18 } });
    expect(state?.axes).toEqual([-1, 1, 128 / 127.5 - 1, 128 / 127.5 - 1]);
  });

  it.each([
    ["80 80 80 80 18 00 00 00 00", [WEST]],
    ["80 80 80 80 28 00 00 00 00", [SOUTH]],
    ["80 80 80 80 48 00 00 00 00", [EAST]],
    ["80 80 80 80 88 00 00 00 00", [NORTH]],
    ["80 80 80 80 08 00 01 00 00", [HOME]],
    ["80 80 80 80 08 00 02 00 00", [TOUCHPAD]],
    ["80 80 80 80 00 00 00 00 00", [DPAD_UP]],
    ["80 80 80 80 01 00 00 00 00", [DPAD_UP, DPAD_RIGHT]],
    ["80 80 80 80 05 00 00 00 00", [DPAD_DOWN, DPAD_LEFT]],
    ["80 80 80 80 07 00 00 00 00", [DPAD_UP, DPAD_LEFT]],
    ["80 80 80 80 08 0C 00 40 FF", [LEFT_TRIGGER, RIGHT_TRIGGER]],
    [neutral, []],
  ])("reads %s", (hex, buttons) => {
    expect(pressed(read(descriptor, [report(hex)], identity)[0])).toEqual(buttons);
  });

  it("has the way of its triggers", () => {
    const [state] = read(descriptor, [report("80 80 80 80 08 00 00 33 0A")], identity);
    expect(state?.buttons[LEFT_TRIGGER]).toEqual({ pressed: true, value: 0.2 });
    expect(state?.buttons[RIGHT_TRIGGER]).toEqual({ pressed: false, value: 10 / 255 });
  });

  it("forgets what is let go", () => {
    const states = read(descriptor, [report("80 80 80 80 20 00 00 00 00"), report(neutral)], identity);
    expect(states.map(pressed)).toEqual([[SOUTH, DPAD_UP], []]);
  });
});

describe("an Xbox controller over Bluetooth", () => {
  const descriptor = real("djm_xboxone_model_1708_bluetooth_hid_report_descriptor");

  it("has the standard mapping by its pedals, and keeps its state over several reports", () => {
    const states = read(descriptor, [
      "01 00 00 FF FF 00 80 00 80 FF 03 00 00 01 09 00 00",
      "02 01",
      "01 00 80 00 80 00 80 00 80 00 00 00 02 00 00 00 01",
      "04 FF",
    ]);
    expect(states[0]).toMatchObject({ mapping: "standard" });
    expect(states[0]?.axes.map((axis) => Math.round(axis * 100))).toEqual([-100, 100, 0, 0]);
    expect(states.map(pressed)).toEqual([
      [SOUTH, WEST, LEFT_TRIGGER, DPAD_UP],
      [SOUTH, WEST, LEFT_TRIGGER, DPAD_UP, HOME],
      [RIGHT_TRIGGER, SELECT, HOME],
      [],
    ]);
    expect(states[3]).toBeUndefined();
  });
});

describe("the standard layout", () => {
  it("is the W3C's", () => {
    expect(Object.values(StandardButton)).toEqual(Array.from({ length: 19 }, (_, index) => index));
    expect(StandardButton).toMatchObject({
      SOUTH: 0,
      EAST: 1,
      WEST: 2,
      NORTH: 3,
      SELECT: 8,
      START: 9,
      HOME: 16,
    });
    expect(StandardButton).toMatchObject({ DPAD_UP: 12, DPAD_DOWN: 13, DPAD_LEFT: 14, DPAD_RIGHT: 15 });
  });
});

describe("an unknown gamepad", () => {
  /** X, Y, Z, Rz; a hat switch of four directions; 13 buttons; D-pad up. */
  const descriptor = parseReportDescriptor(
    bytes(`05 01 09 05 A1 01 09 30 09 31 09 32 09 35 15 81 25 7F 75 08 95 04 81 02
      09 39 15 01 25 04 75 04 95 01 81 42 05 09 19 01 29 0B 15 00 25 01 75 01 95 0B 81 02 05 01 09 90 95 01 81 02 C0`),
  );

  it("has its sticks and its D-pad in place and its buttons in its own order", () => {
    const states = read(descriptor, [
      "81 7F 00 00 02 00",
      "00 00 81 81 30 00",
      "00 00 00 00 04 80",
      "80 00 00 00 00 40",
    ]);
    expect(states[0]).toMatchObject({ mapping: "", axes: [-1, 1, 0, 0], buttons: { length: 17 } });
    expect(states.map(pressed)).toEqual([[DPAD_RIGHT], [0, 1], [DPAD_UP, DPAD_LEFT], [10]]);
    // The first axis was out of range in the last report: it stays where it was.
    expect(states[3]?.axes[0]).toBe(0);
  });

  it("has buttons whatever range their descriptor forgot to set", () => {
    const forgetful = parseReportDescriptor(
      bytes("05 01 09 05 A1 01 05 09 19 01 29 08 75 01 95 08 81 02 C0"),
    );
    const [state] = read(forgetful, ["81"]);
    expect(pressed(state)).toEqual([0, 7]);
    expect(state?.buttons[7]).toEqual({ pressed: true, value: 1 });
  });

  it("has a place for each button behind the standard's", () => {
    const many = parseReportDescriptor(
      bytes("05 01 09 05 A1 01 05 09 19 01 29 0E 15 00 25 01 75 01 95 0E 81 02 C0"),
    );
    expect(pressed(read(many, ["00 30"])[0])).toEqual([17, 18]);
  });
});
