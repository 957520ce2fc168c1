/** DualShock 4 over USB, by the maker's layout. */

import { describe, expect, it } from "vitest";
import {
  buildDualShock4Output,
  calibrated,
  isWithoutController,
  type PlayStationButton,
  parseDualShock4Calibration,
  parseDualShock4Report,
} from "../src/index.ts";
import { changed } from "./support.ts";

const neutral = changed(new Uint8Array(64), { 0: 1, 1: 128, 2: 128, 3: 128, 4: 128, 5: 8 });

describe("parseDualShock4Report", () => {
  it("reads sticks and triggers", () => {
    const report = changed(neutral, { 1: 0, 2: 255, 3: 255, 4: 0, 8: 0x33, 9: 0xff });
    expect(parseDualShock4Report(report)).toMatchObject({
      leftStick: { x: -1, y: 1 },
      rightStick: { x: 1, y: -1 },
      leftTrigger: 0.2,
      rightTrigger: 1,
      touches: [],
    });
  });

  it.each<[Record<number, number>, PlayStationButton[]]>([
    [{ 5: 0x08 }, []],
    [{ 5: 0xf8 }, ["square", "cross", "circle", "triangle"]],
    [{ 5: 0x03 }, ["right", "down"]],
    [{ 6: 0xff }, ["l1", "r1", "l2", "r2", "create", "options", "l3", "r3"]],
    // The upper six bits count reports.
    [{ 7: 0xfc }, []],
    [{ 7: 0x03 }, ["ps", "touchpad"]],
  ])("reads the buttons of %o", (change, pressed) => {
    expect([...parseDualShock4Report(changed(neutral, change)).pressed]).toEqual(pressed);
  });

  it("reads the motion", () => {
    const report = changed(neutral, {
      10: 3,
      13: 0xff,
      14: 0xff,
      15: 2,
      17: 3,
      19: 4,
      21: 0,
      22: 0x20,
      23: 6,
    });
    expect(parseDualShock4Report(report).motion).toEqual({
      gyroscope: [-1, 2, 3],
      accelerometer: [4, 0x2000, 6],
      timestampUs: 16,
    });
  });

  it("reads the newest of up to three readings of the touchpad", () => {
    const one = { 33: 1, 35: 7, 36: 0x7f, 37: 0xd7, 38: 0x3a, 39: 0x80 };
    expect(parseDualShock4Report(changed(neutral, one)).touches).toEqual([{ id: 7, x: 1, y: 1 }]);
    const two = { ...one, 33: 2, 44: 0x80, 48: 9, 49: 0, 50: 0, 51: 0 };
    expect(parseDualShock4Report(changed(neutral, two)).touches).toEqual([{ id: 9, x: 0, y: 0 }]);
    expect(parseDualShock4Report(changed(neutral, { 33: 0, 35: 7 })).touches).toEqual([]);
    const claimsMany = { ...one, 33: 255, 53: 1, 57: 0x80 };
    expect(parseDualShock4Report(changed(neutral, claimsMany)).touches).toEqual([{ id: 1, x: 0, y: 0 }]);
  });

  it.each([
    [0x07, { level: 0.75, status: "discharging" }],
    [0x0a, { level: 1, status: "discharging" }],
    [0x13, { level: 0.35, status: "charging" }],
    [0x1a, { level: 1, status: "charging" }],
    [0x1b, { level: 1, status: "full" }],
    [0x1f, { level: undefined, status: "not-charging" }],
  ])("reads the battery status %i", (status, battery) => {
    expect(parseDualShock4Report(changed(neutral, { 30: status })).battery).toEqual(battery);
  });

  it("takes what is missing for a controller that nobody touches", () => {
    expect(parseDualShock4Report(neutral.subarray(0, 8))).toEqual(parseDualShock4Report(neutral));
    expect(parseDualShock4Report(Uint8Array.of(1))).toMatchObject({ pressed: new Set(), touches: [] });
  });

  it("refuses other reports", () => {
    expect(() => parseDualShock4Report(changed(neutral, { 0: 0x11 }))).toThrow("starts with 1");
  });

  it("of the wireless adapter says whether there is a controller", () => {
    const alone = changed(neutral, { 31: 0x04 });
    expect(isWithoutController(0x0ba0, alone)).toBe(true);
    expect(isWithoutController(0x0ba0, neutral)).toBe(false);
    expect(isWithoutController(0x09cc, alone)).toBe(false);
  });
});

describe("parseDualShock4Calibration", () => {
  it("turns counts into units", () => {
    const report = changed(new Uint8Array(37), { 0: 2 });
    const numbers = [
      0, 0, 0, 8640, -8640, 8640, -8640, 8640, -8640, 540, 540, 8192, -8192, 8192, -8192, 8192, -8192,
    ];
    const view = new DataView(report.buffer);
    for (const [index, number] of numbers.entries()) view.setInt16(1 + 2 * index, number, true);
    const raw = { gyroscope: [0, 4320, 0], accelerometer: [0, 8192, 0], timestampUs: 0 } as const;
    const { angularVelocity, acceleration } = calibrated(raw, parseDualShock4Calibration(report));
    expect(angularVelocity).toEqual([0, (270 * Math.PI) / 180, 0].map((value) => expect.closeTo(value)));
    expect(acceleration).toEqual([0, 9.80665, 0].map((value) => expect.closeTo(value)));
  });
});

describe("buildDualShock4Output", () => {
  const output = (change: Record<number, number>) => changed(new Uint8Array(32), { 0: 5, ...change });

  it("sets motors, light and blinking, each only where it is given", () => {
    expect(buildDualShock4Output({})).toEqual(output({}));
    expect(buildDualShock4Output({ rumble: { strong: 1, weak: 0.5 } })).toEqual(
      output({ 1: 1, 4: 0x80, 5: 0xff }),
    );
    expect(buildDualShock4Output({ light: { red: 0.2, green: 1, blue: 0 } })).toEqual(
      output({ 1: 2, 6: 51, 7: 255 }),
    );
    expect(buildDualShock4Output({ blink: { onMs: 500, offMs: 2550 } })).toEqual(
      output({ 1: 4, 9: 50, 10: 255 }),
    );
  });

  it("refuses what is out of range", () => {
    expect(() => buildDualShock4Output({ blink: { onMs: 2560, offMs: 0 } })).toThrow(RangeError);
    expect(() => buildDualShock4Output({ rumble: { strong: 0, weak: Number.NaN } })).toThrow(RangeError);
  });
});
