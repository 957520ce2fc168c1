/**
 * Gyroscope and accelerometer, and the factory calibration that turns counts into units.
 *
 * Source: what Linux' hid-playstation driver, written by the maker, computes.
 */

import { viewOfReport } from "./state.ts";

/** Three numbers: x to the right, y upwards, z towards the player. */
export type Vector = readonly [x: number, y: number, z: number];

/** What the sensors say. */
export interface RawMotion {
  /** Counts, -32768 to 32767: around x (pitch), y (yaw) and z (roll). */
  readonly gyroscope: Vector;
  /** Counts, -32768 to 32767. */
  readonly accelerometer: Vector;
  /** When, in microseconds; starts over, see the report's function. */
  readonly timestampUs: number;
}

/** The same in units. */
export interface Motion {
  /** Radians per second. */
  readonly angularVelocity: Vector;
  /** Metres per second squared; 9.8 upwards when the controller rests. */
  readonly acceleration: Vector;
}

/** How to get from counts to units, axis by axis: unit = (counts - bias) * scale. */
export interface Calibration {
  readonly gyroscope: readonly AxisCalibration[];
  readonly accelerometer: readonly AxisCalibration[];
}

/** One axis. */
export interface AxisCalibration {
  /** Counts. */
  readonly bias: number;
  /** Radians per second, or metres per second squared, for a count. */
  readonly scale: number;
}

const RADIANS_PER_DEGREE = Math.PI / 180;
/** Standard gravity, m/s². */
const GRAVITY = 9.80665;
const FULL_COUNT = 32767;
/** What 32767 counts mean where there is no calibration. */
const NOMINAL_DEGREES_PER_SECOND = 2048;
const NOMINAL_GRAVITIES = 4;
/** A calibration that is further off is none: no sensor of these is four times as sensitive as another. */
const MOST_DEVIATION = 4;
const AXES = [0, 1, 2] as const;

/** The calibration of a controller that has none of its own. */
export const nominalCalibration: Calibration = {
  gyroscope: AXES.map(() => nominalGyroscope()),
  accelerometer: AXES.map(() => nominalAccelerometer()),
};

/** Feature report 2 of a DualShock 4 over USB. @throws HidError `report-id`, `report-length` */
export function parseDualShock4Calibration(bytes: Uint8Array): Calibration {
  return calibrationOf(viewOfReport(bytes, 0x02, 37, "DualShock 4"));
}

/** Feature report 5 of a DualSense. @throws HidError `report-id`, `report-length` */
export function parseDualSenseCalibration(bytes: Uint8Array): Calibration {
  return calibrationOf(viewOfReport(bytes, 0x05, 41, "DualSense"));
}

/** Turns counts into units. */
export function calibrated({ gyroscope, accelerometer }: RawMotion, calibration: Calibration): Motion {
  const apply = (counts: Vector, axes: readonly AxisCalibration[]): Vector => {
    const unit = (axis: 0 | 1 | 2) => (counts[axis] - axes[axis]!.bias) * axes[axis]!.scale;
    return [unit(0), unit(1), unit(2)];
  };
  return {
    angularVelocity: apply(gyroscope, calibration.gyroscope),
    acceleration: apply(accelerometer, calibration.accelerometer),
  };
}

/** Three signed 16-bit numbers. */
export function vectorAt(view: DataView, offset: number): Vector {
  return [view.getInt16(offset, true), view.getInt16(offset + 2, true), view.getInt16(offset + 4, true)];
}

/** Both controllers have the same fields in the same places over USB. An axis without a calibration that can be has the nominal one. */
function calibrationOf(view: DataView): Calibration {
  const count = (offset: number) => view.getInt16(offset, true);
  // Degrees per second at which the factory turned the controller, one way and the other.
  const speeds = count(19) + count(21);
  return {
    gyroscope: AXES.map((axis) => {
      const bias = count(1 + 2 * axis);
      const plus = count(7 + 4 * axis);
      const minus = count(9 + 4 * axis);
      const range = Math.abs(plus - bias) + Math.abs(minus - bias);
      // The sensor takes its own bias off; here it only corrects the range.
      return plausible({ bias: 0, scale: (speeds * RADIANS_PER_DEGREE) / range }, nominalGyroscope());
    }),
    accelerometer: AXES.map((axis) => {
      const plus = count(23 + 4 * axis);
      const range = plus - count(25 + 4 * axis);
      // From one gravity to one the other way.
      const bias = plus - range / 2;
      // Off by more than one gravity, it would not have told the two turns apart.
      const isCentred = Math.abs(bias) <= range / 2;
      return plausible({ bias, scale: isCentred ? (2 * GRAVITY) / range : 0 }, nominalAccelerometer());
    }),
  };
}

/** Zeros, ones and garbage of rebuilt controllers give no scale, one below zero, or a very large or small one. */
function plausible(axis: AxisCalibration, nominal: AxisCalibration): AxisCalibration {
  const ratio = axis.scale / nominal.scale;
  return ratio >= 1 / MOST_DEVIATION && ratio <= MOST_DEVIATION ? axis : nominal;
}

function nominalGyroscope(): AxisCalibration {
  return { bias: 0, scale: (NOMINAL_DEGREES_PER_SECOND * RADIANS_PER_DEGREE) / FULL_COUNT };
}

function nominalAccelerometer(): AxisCalibration {
  return { bias: 0, scale: (NOMINAL_GRAVITIES * GRAVITY) / FULL_COUNT };
}
