/** Reports that are nearly right, and what must hold of each. Shared by the tests and by `fuzz.ts`. */

import { type Random, randomBytes } from "@busbar/fuzz";
import { decodeReport, GamepadDecoder, gamepadMapping, HidError, parseReportDescriptor } from "@busbar/hid";
import {
  buildInputReport,
  type Calibration,
  DUALSENSE,
  DUALSENSE_TOUCHPAD,
  DUALSHOCK_4,
  DUALSHOCK_4_TOUCHPAD,
  parseDualSenseCalibration,
  parseDualSenseReport,
  parseDualShock4Calibration,
  parseDualShock4Report,
  reportDescriptorOf,
} from "../src/index.ts";

const models = [
  {
    identity: { vendorId: DUALSHOCK_4.vendorId, productId: DUALSHOCK_4.productIds[0] },
    touchpad: DUALSHOCK_4_TOUCHPAD,
    parseReport: parseDualShock4Report,
    parseCalibration: parseDualShock4Calibration,
    calibrationReport: 2,
  },
  {
    identity: { vendorId: DUALSENSE.vendorId, productId: DUALSENSE.productIds[0] },
    touchpad: DUALSENSE_TOUCHPAD,
    parseReport: parseDualSenseReport,
    parseCalibration: parseDualSenseCalibration,
    calibrationReport: 5,
  },
].map((model) => {
  const descriptor = parseReportDescriptor(reportDescriptorOf(model.touchpad));
  return {
    ...model,
    descriptor,
    decoder: new GamepadDecoder(descriptor, gamepadMapping(descriptor, model.identity)),
  };
});

/** A report, most of them with the right id and length. */
export function randomReport(random: Random): Uint8Array {
  const report = randomBytes(random(8) === 0 ? random(70) : 64, random);
  if (random(8) !== 0 && report.length > 0) report[0] = 1;
  return report;
}

/**
 * Reads bytes by one controller's layout, with a calibration of random bytes.
 *
 * @returns whether they are a report
 * @throws when anything else than HidError comes out, or a state that cannot be
 */
export function exercise(bytes: Uint8Array, random: Random): boolean {
  const model = models[random(models.length)]!;
  try {
    const state = model.parseReport(bytes);
    const report = buildInputReport(state, randomCalibration(model, random), model.touchpad);
    const decoded = decodeReport(model.descriptor, "input", report);
    const outside = decoded.values.filter(({ inRange, field }) => !inRange && !field.hasNullState);
    rule(outside.length === 0, "all values are in their range");
    const gamepad = model.decoder.apply(decoded);
    rule(gamepad?.mapping === "standard", "a state is a standard gamepad");
    rule(
      gamepad!.axes.every((axis) => axis >= -1 && axis <= 1),
      "axes are -1 to 1",
    );
    rule(state.touches.length <= 2, "there are two fingers at most");
    rule(
      state.touches.every(({ x, y }) => x >= 0 && x <= 1 && y >= 0 && y <= 1),
      "fingers are on the touchpad",
    );
    return true;
  } catch (error) {
    if (error instanceof HidError) return false;
    throw error;
  }
}

function randomCalibration(
  { parseCalibration, calibrationReport }: (typeof models)[number],
  random: Random,
): Calibration {
  const report = random(4) === 0 ? new Uint8Array(41) : randomBytes(41, random);
  report[0] = calibrationReport;
  const calibration = parseCalibration(report);
  for (const { bias, scale } of [...calibration.gyroscope, ...calibration.accelerometer]) {
    rule(Number.isFinite(bias) && Number.isFinite(scale), "a calibration is made of numbers");
  }
  return calibration;
}

function rule(holds: boolean, what: string): void {
  if (!holds) throw new Error(`broken rule: ${what}`);
}
