/// <reference types="node" />

/** DualSense: captured reports of a real controller (test/vectors/hid_reports.json), and the maker's layout. */

import { readFileSync } from "node:fs";
import { HidError, StandardButton } from "@busbar/hid";
import { describe, expect, it } from "vitest";
import {
  buildDualSenseOutput,
  calibrated,
  nominalCalibration,
  type PlayStationButton,
  parseDualSenseCalibration,
  parseDualSenseReport,
} from "../src/index.ts";
import { gamepadOf } from "./gamepad.ts";
import { bytes, changed } from "./support.ts";

const { cases } = JSON.parse(readFileSync(new URL("vectors/hid_reports.json", import.meta.url), "utf8")) as {
  readonly cases: readonly {
    readonly name: string;
    readonly report_hex: string;
    readonly decoded: readonly {
      readonly usage?: string;
      readonly value?: number;
      readonly values?: number[];
    }[];
  }[];
};
const captures = cases.filter(({ name }) => name.startsWith("dualsense_capture"));
const neutral = changed(new Uint8Array(64), {
  0: 1,
  1: 128,
  2: 128,
  3: 128,
  4: 128,
  8: 8,
  33: 0x80,
  37: 0x80,
});

describe("parseDualSenseReport", () => {
  it.each(captures)("reads $name as the report descriptor decodes it", ({ report_hex, decoded }) => {
    const state = parseDualSenseReport(bytes(report_hex));
    const decodedValue = (usage: string) => decoded.find((each) => each.usage === usage)?.value;
    const axis = (usage: string) => (decodedValue(usage)! / 255) * 2 - 1;
    expect(state.leftStick).toEqual({ x: axis("00010030"), y: axis("00010031") });
    expect(state.rightStick).toEqual({ x: axis("00010032"), y: axis("00010035") });
    expect([state.leftTrigger, state.rightTrigger]).toEqual([
      decodedValue("00010033"),
      decodedValue("00010034"),
    ]);
    expect([...state.pressed]).toEqual([]);
  });

  it("reads the motion, the touchpad and the battery of a controller that lies on a table", () => {
    const [first] = captures;
    const { motion, touches, battery } = parseDualSenseReport(bytes(first!.report_hex));
    expect(motion.gyroscope).toEqual([-4, -7, 2]);
    expect(motion.accelerometer).toEqual([-1519, 7808, 587]);
    expect(motion.timestampUs).toBe(0x001f7fd4 / 3);
    expect(touches).toEqual([]);
    expect(battery).toEqual({ level: 0.15, status: "discharging" });
    // One gravity, mostly upwards, and no turning.
    const { acceleration, angularVelocity } = calibrated(motion, nominalCalibration);
    expect(Math.hypot(...acceleration)).toBeGreaterThan(9);
    expect(Math.hypot(...acceleration)).toBeLessThan(10.5);
    expect(Math.hypot(...angularVelocity)).toBeLessThan(0.05);
  });

  it.each<[Record<number, number>, PlayStationButton[]]>([
    [{ 8: 0x18 }, ["square"]],
    [{ 8: 0x28 }, ["cross"]],
    [{ 8: 0x48 }, ["circle"]],
    [{ 8: 0x88 }, ["triangle"]],
    [{ 8: 0x00 }, ["up"]],
    [{ 8: 0x01 }, ["up", "right"]],
    [{ 8: 0x02 }, ["right"]],
    [{ 8: 0x03 }, ["right", "down"]],
    [{ 8: 0x04 }, ["down"]],
    [{ 8: 0x05 }, ["down", "left"]],
    [{ 8: 0x06 }, ["left"]],
    [{ 8: 0x07 }, ["left", "up"]],
    [{ 9: 0x01 }, ["l1"]],
    [{ 9: 0x02 }, ["r1"]],
    [{ 9: 0x04 }, ["l2"]],
    [{ 9: 0x08 }, ["r2"]],
    [{ 9: 0x10 }, ["create"]],
    [{ 9: 0x20 }, ["options"]],
    [{ 9: 0x40 }, ["l3"]],
    [{ 9: 0x80 }, ["r3"]],
    [{ 10: 0x01 }, ["ps"]],
    [{ 10: 0x02 }, ["touchpad"]],
    [{ 10: 0x04 }, ["mute"]],
  ])("reads the buttons of %o", (change, pressed) => {
    expect([...parseDualSenseReport(changed(neutral, change)).pressed]).toEqual(pressed);
  });

  it("reads two fingers, 12 bits each way", () => {
    const report = changed(neutral, {
      33: 5,
      34: 0x23,
      35: 0x41,
      36: 0x23,
      37: 6,
      38: 0x7f,
      39: 0x77,
      40: 0x43,
    });
    expect(parseDualSenseReport(report).touches).toEqual([
      { id: 5, x: 0x123 / 1919, y: 0x234 / 1079 },
      { id: 6, x: 1, y: 1 },
    ]);
    // Some controllers count a little past their size.
    const past = changed(neutral, { 33: 5, 34: 0xff, 35: 0xff, 36: 0xff });
    expect(parseDualSenseReport(past).touches).toEqual([{ id: 5, x: 1, y: 1 }]);
  });

  it.each([
    [0x04, { level: 0.45, status: "discharging" }],
    [0x19, { level: 0.95, status: "charging" }],
    [0x2a, { level: 1, status: "full" }],
    [0xb3, { level: undefined, status: "not-charging" }],
    [0xff, { level: undefined, status: "not-charging" }],
  ])("reads the battery status %i", (status, battery) => {
    expect(parseDualSenseReport(changed(neutral, { 53: status })).battery).toEqual(battery);
  });

  it("becomes a standard gamepad", () => {
    const report = changed(neutral, { 1: 0, 2: 255, 5: 0x33, 6: 0xff, 8: 0x20, 9: 0x08 });
    const gamepad = gamepadOf(parseDualSenseReport(report));
    expect(gamepad).toMatchObject({ mapping: "standard", buttons: { length: 19 } });
    expect(gamepad.axes.slice(0, 2)).toEqual([-1, 1]);
    const pressed = gamepad.buttons.flatMap((button, index) => (button.pressed ? [index] : []));
    expect(pressed).toEqual([
      StandardButton.SOUTH,
      StandardButton.LEFT_TRIGGER,
      StandardButton.RIGHT_TRIGGER,
      StandardButton.DPAD_UP,
    ]);
    expect(gamepad.buttons[StandardButton.LEFT_TRIGGER]).toEqual({ pressed: true, value: 0.2 });
    expect(gamepad.buttons[StandardButton.RIGHT_TRIGGER]).toEqual({ pressed: true, value: 1 });
  });

  it("takes what is missing for a controller that nobody touches", () => {
    expect(parseDualSenseReport(neutral.subarray(0, 33))).toEqual(parseDualSenseReport(neutral));
    expect(parseDualSenseReport(Uint8Array.of(1))).toMatchObject({ pressed: new Set(), touches: [] });
  });

  it("refuses other reports", () => {
    expect(() => parseDualSenseReport(changed(neutral, { 0: 2 }))).toThrow(HidError);
    expect(() => parseDualSenseReport(new Uint8Array())).toThrow(HidError);
  });
});

describe("parseDualSenseCalibration", () => {
  /** 540 degrees per second both ways are 8640 counts around a bias of 10; one gravity is 8192 counts around -20. */
  const calibration = (id: number, length: number): Uint8Array => {
    const report = new Uint8Array(length);
    const numbers = [
      10, 10, 10, 8650, -8630, 8650, -8630, 8650, -8630, 540, 540, 8172, -8212, 8172, -8212, 8172, -8212,
    ];
    const view = new DataView(report.buffer);
    view.setUint8(0, id);
    for (const [index, number] of numbers.entries()) view.setInt16(1 + 2 * index, number, true);
    return report;
  };

  it("turns counts into units", () => {
    const factory = parseDualSenseCalibration(calibration(5, 41));
    const raw = { gyroscope: [8640, 0, -8640], accelerometer: [8172, -20, -8212], timestampUs: 0 } as const;
    const { angularVelocity, acceleration } = calibrated(raw, factory);
    expect(angularVelocity.map((value) => (value * 180) / Math.PI)).toEqual(
      [540, 0, -540].map((v) => expect.closeTo(v)),
    );
    expect(acceleration).toEqual([9.80665, 0, -9.80665].map((value) => expect.closeTo(value)));
  });

  it("is the nominal one where the controller has none", () => {
    expect(parseDualSenseCalibration(changed(new Uint8Array(41), { 0: 5 }))).toEqual(nominalCalibration);
    const withoutSpeeds = changed(calibration(5, 41), { 19: 0, 20: 0, 21: 0, 22: 0 });
    expect(parseDualSenseCalibration(withoutSpeeds).gyroscope).toEqual(nominalCalibration.gyroscope);
    // One gravity from 24576 to 32767: in scale, but seven gravities off.
    const offCentre = changed(calibration(5, 41), { 23: 0xff, 24: 0x7f, 25: 0x00, 26: 0x60 });
    expect(parseDualSenseCalibration(offCentre).accelerometer[0]).toEqual(
      nominalCalibration.accelerometer[0],
    );
    expect(() => parseDualSenseCalibration(new Uint8Array(41))).toThrow(HidError);
    expect(() => parseDualSenseCalibration(changed(new Uint8Array(40), { 0: 5 }))).toThrow(HidError);
  });
});

describe("buildDualSenseOutput", () => {
  const output = (change: Record<number, number>) => changed(new Uint8Array(48), { 0: 2, ...change });

  it("sets nothing where nothing is given", () => {
    expect(buildDualSenseOutput({})).toEqual(output({}));
  });

  it("sets motors, light bar, player lights and mute light", () => {
    expect(buildDualSenseOutput({ rumble: { strong: 1, weak: 0.5 } })).toEqual(
      output({ 1: 3, 3: 0x80, 4: 0xff }),
    );
    expect(buildDualSenseOutput({ light: { red: 1, green: 0, blue: 0.2 } })).toEqual(
      output({ 2: 4, 39: 2, 42: 2, 45: 255, 46: 0, 47: 51 }),
    );
    expect(buildDualSenseOutput({ playerLights: 0b10101 })).toEqual(output({ 2: 0x10, 44: 0b10101 }));
    expect(buildDualSenseOutput({ muteLight: "pulse" })).toEqual(output({ 2: 1, 9: 2 }));
  });

  it("refuses what is out of range", () => {
    expect(() => buildDualSenseOutput({ rumble: { strong: 1.5, weak: 0 } })).toThrow(RangeError);
    expect(() => buildDualSenseOutput({ playerLights: 32 })).toThrow(RangeError);
    expect(() => buildDualSenseOutput({ light: { red: -1, green: 0, blue: 0 } })).toThrow(RangeError);
  });
});
