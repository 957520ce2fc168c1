/** How a controller is shown: what a state becomes in the report, in the units that the descriptor says. */

import { readFileSync } from "node:fs";
import { physicalValue, Usage, unitSymbol } from "@busbar/hid";
import { describe, expect, it } from "vitest";
import { nominalCalibration, type PlayStationState, parseDualSenseReport } from "../src/index.ts";
import { decodedReportOf, descriptor, gamepadOf } from "./gamepad.ts";
import { bytes } from "./support.ts";

const { cases } = JSON.parse(readFileSync(new URL("vectors/hid_reports.json", import.meta.url), "utf8")) as {
  readonly cases: readonly { readonly name: string; readonly report_hex: string }[];
};
const capture = parseDualSenseReport(
  bytes(cases.find(({ name }) => name === "dualsense_capture_0")!.report_hex),
);

/** The values of a usage, in their units; `undefined` for none. */
function physical(state: PlayStationState, usage: number): (number | undefined)[] {
  return decodedReportOf(state)
    .values.filter((each) => each.usage === usage)
    .map(({ field, value, inRange }) => (inRange ? physicalValue(field, value) : undefined));
}

describe("the report descriptor", () => {
  it("is well formed, and its reports are whole bytes", () => {
    expect(descriptor).toMatchObject({ problems: [], isComplete: true, usesReportIds: true });
    expect(descriptor.reports.map(({ type, id, bitLength }) => [type, id, bitLength])).toEqual([
      ["input", 1, 49 * 8],
      ["output", 2, 16],
      ["output", 3, 24],
    ]);
  });

  it("gives motion in SI units", () => {
    const unitOf = (usage: number) => {
      const field = descriptor.fields.find(({ usages }) => usages[0]?.first === usage)!;
      return [unitSymbol(field.unit), field.unitExponent];
    };
    expect(unitOf(Usage.ACCELERATION_X)).toEqual(["cm·s^-2", -2]);
    expect(unitOf(Usage.ANGULAR_VELOCITY_X)).toEqual(["rad·s^-1", -4]);
    expect(unitOf(Usage.TIMESTAMP)).toEqual(["s", -6]);
    expect(unitOf(Usage.RELATIVE_STATE_OF_CHARGE)).toEqual(["", 0]);
  });
});

describe("the input report", () => {
  it("says what a controller on a table says: sticks, motion, battery, nobody on the touchpad", () => {
    const gamepad = gamepadOf(capture);
    expect(gamepad.mapping).toBe("standard");
    const { leftStick, rightStick } = capture;
    expect(gamepad.axes).toEqual([leftStick.x, leftStick.y, rightStick.x, rightStick.y]);
    // Counts of a sensor where 32767 are four gravities, or 2048 degrees per second.
    const [x, y, z] = capture.motion.accelerometer;
    for (const [usage, counts] of [
      [Usage.ACCELERATION_X, x],
      [Usage.ACCELERATION_Y, y],
      [Usage.ACCELERATION_Z, z],
    ] as const) {
      expect(physical(capture, usage)[0]! / 100).toBeCloseTo((counts / 32767) * 4 * 9.80665, 3);
    }
    const [pitch] = capture.motion.gyroscope;
    const radians = (pitch / 32767) * 2048 * (Math.PI / 180);
    expect(physical(capture, Usage.ANGULAR_VELOCITY_X)[0]).toBeCloseTo(radians, 4);
    expect(physical(capture, Usage.TIMESTAMP)[0]).toBeCloseTo(capture.motion.timestampUs / 1e6, 6);
    expect(physical(capture, Usage.RELATIVE_STATE_OF_CHARGE)).toEqual([15]);
    expect(physical(capture, Usage.DISCHARGING)).toEqual([1]);
    expect(physical(capture, Usage.TIP_SWITCH)).toEqual([0, 0]);
    expect(physical(capture, Usage.HAT_SWITCH)).toEqual([undefined]);
  });

  it("has fingers, which are no sticks", () => {
    const touches = [
      { id: 5, x: 1, y: 0 },
      { id: 127, x: 0, y: 1 },
    ];
    const touched = { ...capture, touches };
    expect(physical(touched, Usage.TIP_SWITCH)).toEqual([1, 1]);
    expect(physical(touched, Usage.CONTACT_IDENTIFIER)).toEqual([5, 127]);
    expect(physical(touched, Usage.X).slice(1)).toEqual([1919, 0]);
    expect(physical(touched, Usage.Y).slice(1)).toEqual([0, 1079]);
    expect(gamepadOf(touched)).toEqual(gamepadOf(capture));
    expect(physical(capture, Usage.X).slice(1)).toEqual([undefined, undefined]);
  });

  it.each([
    [["up"], 0],
    [["up", "right"], 45],
    [["right"], 90],
    [["right", "down"], 135],
    [["down"], 180],
    [["down", "left"], 225],
    [["left"], 270],
    [["left", "up"], 315],
  ] as const)("turns %s into an angle", (pressed, degrees) => {
    expect(physical({ ...capture, pressed: new Set(pressed) }, Usage.HAT_SWITCH)).toEqual([degrees]);
  });

  it("says that it does not know the battery", () => {
    const battery = { level: undefined, status: "not-charging" } as const;
    expect(physical({ ...capture, battery }, Usage.RELATIVE_STATE_OF_CHARGE)).toEqual([undefined]);
    const states = [Usage.CHARGING, Usage.DISCHARGING, Usage.FULLY_CHARGED];
    expect(states.flatMap((usage) => physical({ ...capture, battery }, usage))).toEqual([0, 0, 0]);
  });

  it("stays in range whatever the calibration is", () => {
    const absurd = {
      gyroscope: nominalCalibration.gyroscope.map(() => ({ bias: 0, scale: 1e9 })),
      accelerometer: nominalCalibration.accelerometer.map(() => ({ bias: 0, scale: -1e9 })),
    };
    const { values } = decodedReportOf(capture, absurd);
    const numberOf = (usage: number) => values.find((each) => each.usage === usage)!.value;
    const { accelerometer, gyroscope } = capture.motion;
    expect([Usage.ACCELERATION_X, Usage.ACCELERATION_Y, Usage.ACCELERATION_Z].map(numberOf)).toEqual(
      accelerometer.map((counts) => -Math.sign(counts) * 0x7fff_ffff),
    );
    expect(numberOf(Usage.ANGULAR_VELOCITY_X)).toBe(Math.sign(gyroscope[0]) * 0x7fff_ffff);
  });
});
