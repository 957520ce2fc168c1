/** Messages of an Xbox 360 controller with a cable, as they are documented. */

import { StandardAxis, StandardButton } from "@busbar/hid";
import { describe, expect, it } from "vitest";
import {
  buildXbox360Light,
  buildXbox360Rumble,
  parseXbox360Message,
  Xbox360Light,
  type XboxButton,
} from "../src/index.ts";
import { gamepadOf } from "./gamepad.ts";
import { bytes } from "./support.ts";

const input = (buttons: string, rest = "00 00 00 00 00 00 00 00 00 00"): Uint8Array =>
  bytes(`00 14 ${buttons} ${rest} 00 00 00 00 00 00`);

const bitsOf = {
  SOUTH: "00 10",
  EAST: "00 20",
  WEST: "00 40",
  NORTH: "00 80",
  LEFT_SHOULDER: "00 01",
  RIGHT_SHOULDER: "00 02",
  SELECT: "20 00",
  START: "10 00",
  LEFT_STICK: "40 00",
  RIGHT_STICK: "80 00",
  DPAD_UP: "01 00",
  DPAD_DOWN: "02 00",
  DPAD_LEFT: "04 00",
  DPAD_RIGHT: "08 00",
  HOME: "00 04",
} as const;

describe("parseXbox360Message", () => {
  it.each<[string, XboxButton[]]>([
    ["00 00", []],
    ["01 00", ["up"]],
    ["02 00", ["down"]],
    ["04 00", ["left"]],
    ["08 00", ["right"]],
    ["10 00", ["menu"]],
    ["20 00", ["view"]],
    ["40 00", ["leftStick"]],
    ["80 00", ["rightStick"]],
    ["00 01", ["leftBumper"]],
    ["00 02", ["rightBumper"]],
    ["00 04", ["guide"]],
    ["00 08", []],
    ["00 10", ["a"]],
    ["00 20", ["b"]],
    ["00 40", ["x"]],
    ["00 80", ["y"]],
    ["09 11", ["up", "right", "leftBumper", "a"]],
  ])("reads the buttons %s", (buttons, pressed) => {
    expect([...parseXbox360Message(input(buttons))!.pressed]).toEqual(pressed);
  });

  it("reads triggers and sticks, which point upwards, as the standard gamepad has them", () => {
    const state = parseXbox360Message(input("00 10", "FF 33 00 80 FF 7F FF 7F 00 80"))!;
    expect(state).toMatchObject({ leftTrigger: 1, rightTrigger: 0.2 });
    const gamepad = gamepadOf(state);
    expect(gamepad).toMatchObject({ mapping: "standard", buttons: { length: 18 } });
    expect([StandardAxis.LEFT_X, StandardAxis.LEFT_Y].map((axis) => gamepad.axes[axis])).toEqual([-1, -1]);
    expect([StandardAxis.RIGHT_X, StandardAxis.RIGHT_Y].map((axis) => gamepad.axes[axis])).toEqual([1, 1]);
    expect(gamepad.buttons[StandardButton.SOUTH]).toEqual({ pressed: true, value: 1 });
    expect(gamepad.buttons[StandardButton.LEFT_TRIGGER]).toEqual({ pressed: true, value: 1 });
    expect(gamepad.buttons[StandardButton.RIGHT_TRIGGER]).toEqual({ pressed: true, value: 205 / 1023 });
    expect(gamepad.buttons[StandardButton.EAST]).toEqual({ pressed: false, value: 0 });
  });

  it.each(Object.entries(bitsOf))("has %s where the standard says", (button, bits) => {
    const { buttons } = gamepadOf(parseXbox360Message(input(bits))!);
    const pressed = buttons.flatMap((each, index) => (each.pressed ? [index] : []));
    expect(pressed).toEqual([StandardButton[button as keyof typeof bitsOf]]);
  });

  it("has a middle that is exactly 0", () => {
    expect(gamepadOf(parseXbox360Message(input("00 00"))!).axes).toEqual([0, 0, 0, 0]);
    const { leftStick, rightStick } = parseXbox360Message(input("00 00"))!;
    expect([leftStick, rightStick]).toEqual([
      { x: 0, y: 0 },
      { x: 0, y: 0 },
    ]);
  });

  it.each(["01 03 0E", "02 03 00", "03 03 03", "08 03 00"])("passes over other messages: %s", (message) => {
    expect(parseXbox360Message(bytes(message))).toBeUndefined();
  });

  it("takes what is missing of input for 0, and takes nothing for nothing", () => {
    const whole = input("00 10", "FF 33 00 80 FF 7F FF 7F 00 80");
    expect(parseXbox360Message(whole.subarray(0, 12))).toEqual({
      ...parseXbox360Message(whole),
      rightStick: { x: 1, y: 0 },
    });
    expect(parseXbox360Message(new Uint8Array())).toBeUndefined();
  });
});

describe("commands to an Xbox 360 controller", () => {
  it("set the lights", () => {
    expect(buildXbox360Light(Xbox360Light.ON_1)).toEqual(bytes("01 03 06"));
    expect(buildXbox360Light(Xbox360Light.ROTATE)).toEqual(bytes("01 03 0A"));
    expect(Object.values(Xbox360Light)).toEqual(Array.from({ length: 14 }, (_, index) => index));
  });

  it("turn the motors", () => {
    expect(buildXbox360Rumble({ strong: 1, weak: 0.5 })).toEqual(bytes("00 08 00 FF 80 00 00 00"));
    expect(buildXbox360Rumble({ strong: 0, weak: 0 })).toEqual(bytes("00 08 00 00 00 00 00 00"));
  });

  it.each([-0.1, 1.1, Number.NaN])("refuse a motor that turns with %f", (share) => {
    expect(() => buildXbox360Rumble({ strong: share, weak: 0 })).toThrow(RangeError);
  });
});
