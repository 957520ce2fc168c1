/**
 * How a DualShock 4 or DualSense is shown as a HID device: with the gamepad's controls as its own report descriptor has
 * them, and with what that leaves to its maker: motion, touchpad, battery, motors and light bar. Nothing here does I/O.
 *
 * Sources: HID Usage Tables 1.5, sections 23 (sensors), 16 (digitizers) and 11 (LEDs); HID Power Devices 1.0, section 4.3
 * (battery).
 */

import type { Battery } from "./battery.ts";
import { type Calibration, calibrated } from "./motion.ts";
import type { PlayStationButton, PlayStationState } from "./state.ts";
import type { TouchPoint, TouchpadSize } from "./touch.ts";

/** Ids of the reports. */
export const ReportId = { INPUT: 1, MOTORS: 2, LIGHT_BAR: 3 } as const;

const u16 = (value: number) => [value & 0xff, value >> 8];

const finger = ({ width, height }: TouchpadSize) => [
  ...[0x05, 0x0d], //     Usage Page (Digitizers)
  ...[0x09, 0x22], //     Usage (Finger)
  ...[0xa1, 0x02], //     Collection (Logical)
  ...[0x09, 0x42], //       Usage (Tip Switch)
  ...[0x25, 0x01], //       Logical Maximum (1)
  ...[0x75, 0x01], //       Report Size (1)
  ...[0x81, 0x02], //       Input (Data, Variable, Absolute)
  ...[0x09, 0x51], //       Usage (Contact Identifier)
  ...[0x25, 0x7f], //       Logical Maximum (127)
  ...[0x75, 0x07], //       Report Size (7)
  ...[0x81, 0x02], //       Input (Data, Variable, Absolute)
  ...[0x05, 0x01], //       Usage Page (Generic Desktop)
  ...[0x75, 0x10], //       Report Size (16)
  ...[0x09, 0x30], //       Usage (X)
  ...[0x26, ...u16(width - 1)], // Logical Maximum
  ...[0x81, 0x42], //       Input (Data, Variable, Absolute, Null State)
  ...[0x09, 0x31], //       Usage (Y)
  ...[0x26, ...u16(height - 1)], // Logical Maximum
  ...[0x81, 0x42], //       Input (Data, Variable, Absolute, Null State)
  ...[0xc0], //           End Collection
];

/** The report descriptor of a controller with this touchpad. */
export function reportDescriptorOf(touchpad: TouchpadSize): Uint8Array {
  return Uint8Array.of(
    ...[0x05, 0x01], // Usage Page (Generic Desktop)
    ...[0x09, 0x05], // Usage (Gamepad)
    ...[0xa1, 0x01], // Collection (Application)
    ...[0x85, ReportId.INPUT], // Report ID
    ...[0x09, 0x30], //   Usage (X)
    ...[0x09, 0x31], //   Usage (Y)
    ...[0x09, 0x32], //   Usage (Z)
    ...[0x09, 0x35], //   Usage (Rz)
    ...[0x09, 0x33], //   Usage (Rx)
    ...[0x09, 0x34], //   Usage (Ry)
    ...[0x15, 0x00], //   Logical Minimum (0)
    ...[0x26, 0xff, 0x00], // Logical Maximum (255)
    ...[0x75, 0x08], //   Report Size (8)
    ...[0x95, 0x06], //   Report Count (6)
    ...[0x81, 0x02], //   Input (Data, Variable, Absolute): sticks, triggers
    ...[0x09, 0x39], //   Usage (Hat Switch)
    ...[0x25, 0x07], //   Logical Maximum (7)
    ...[0x46, 0x3b, 0x01], // Physical Maximum (315)
    ...[0x65, 0x14], //   Unit (English rotation: degrees)
    ...[0x75, 0x04], //   Report Size (4)
    ...[0x95, 0x01], //   Report Count (1)
    ...[0x81, 0x42], //   Input (Data, Variable, Absolute, Null State): D-pad
    ...[0x45, 0x00], //   Physical Maximum (0): the logical one again
    ...[0x65, 0x00], //   Unit (None)
    ...[0x81, 0x03], //   Input (Constant): padding
    ...[0x05, 0x09], //   Usage Page (Button)
    ...[0x19, 0x01], //   Usage Minimum (1)
    ...[0x29, 0x0f], //   Usage Maximum (15)
    ...[0x25, 0x01], //   Logical Maximum (1)
    ...[0x75, 0x01], //   Report Size (1)
    ...[0x95, 0x0f], //   Report Count (15)
    ...[0x81, 0x02], //   Input (Data, Variable, Absolute)
    ...[0x95, 0x01], //   Report Count (1)
    ...[0x81, 0x03], //   Input (Constant): padding
    ...[0x05, 0x20], //   Usage Page (Sensors)
    ...[0x17, 0x01, 0x00, 0x00, 0x80], // Logical Minimum (-2147483647)
    ...[0x27, 0xff, 0xff, 0xff, 0x7f], // Logical Maximum (2147483647)
    ...[0x75, 0x20], //   Report Size (32)
    ...[0x95, 0x03], //   Report Count (3)
    ...[0x09, 0x73], //   Usage (Motion: Accelerometer 3D)
    ...[0xa1, 0x00], //   Collection (Physical)
    ...[0x1a, ...u16(0x0453)], // Usage Minimum (Acceleration Axis X)
    ...[0x2a, ...u16(0x0455)], // Usage Maximum (Acceleration Axis Z)
    ...[0x66, ...u16(0xe011)], // Unit (cm/s²)
    ...[0x55, 0x0e], //     Unit Exponent (-2): 0.0001 m/s²
    ...[0x81, 0x02], //     Input (Data, Variable, Absolute)
    ...[0xc0], //         End Collection
    ...[0x09, 0x76], //   Usage (Motion: Gyrometer 3D)
    ...[0xa1, 0x00], //   Collection (Physical)
    ...[0x1a, ...u16(0x0457)], // Usage Minimum (Angular Velocity about X Axis)
    ...[0x2a, ...u16(0x0459)], // Usage Maximum (Angular Velocity about Z Axis)
    ...[0x66, ...u16(0xf012)], // Unit (rad/s)
    ...[0x55, 0x0c], //     Unit Exponent (-4): 0.0001 rad/s
    ...[0x81, 0x02], //     Input (Data, Variable, Absolute)
    ...[0xc0], //         End Collection
    ...[0x0a, ...u16(0x0529)], // Usage (Timestamp)
    ...[0x15, 0x00], //   Logical Minimum (0)
    ...[0x66, ...u16(0x1001)], // Unit (s)
    ...[0x55, 0x0a], //   Unit Exponent (-6): 1 µs
    ...[0x95, 0x01], //   Report Count (1)
    ...[0x81, 0x02], //   Input (Data, Variable, Absolute)
    ...[0x65, 0x00], //   Unit (None)
    ...[0x55, 0x00], //   Unit Exponent (0)
    ...[0x05, 0x0d], //   Usage Page (Digitizers)
    ...[0x09, 0x05], //   Usage (Touch Pad)
    ...[0xa1, 0x02], //   Collection (Logical)
    ...finger(touchpad),
    ...finger(touchpad),
    ...[0xc0], //         End Collection
    ...[0x05, 0x85], //   Usage Page (Battery System)
    ...[0x09, 0x64], //   Usage (Relative State Of Charge)
    ...[0x25, 0x64], //   Logical Maximum (100)
    ...[0x75, 0x08], //   Report Size (8)
    ...[0x81, 0x42], //   Input (Data, Variable, Absolute, Null State): per cent
    ...[0x19, 0x44], //   Usage Minimum (Charging)
    ...[0x29, 0x46], //   Usage Maximum (Fully Charged)
    ...[0x25, 0x01], //   Logical Maximum (1)
    ...[0x75, 0x01], //   Report Size (1)
    ...[0x95, 0x03], //   Report Count (3)
    ...[0x81, 0x02], //   Input (Data, Variable, Absolute)
    ...[0x75, 0x05], //   Report Size (5)
    ...[0x95, 0x01], //   Report Count (1)
    ...[0x81, 0x03], //   Input (Constant): padding
    ...[0x26, 0xff, 0x00], // Logical Maximum (255)
    ...[0x75, 0x08], //   Report Size (8)
    ...[0x85, ReportId.MOTORS], // Report ID
    ...[0x06, 0xbb, 0xff], // Usage Page (UsagePage.BUSBAR)
    ...[0x19, 0x01], //   Usage Minimum (Strong Motor)
    ...[0x29, 0x02], //   Usage Maximum (Weak Motor)
    ...[0x95, 0x02], //   Report Count (2)
    ...[0x91, 0x02], //   Output (Data, Variable, Absolute)
    ...[0x85, ReportId.LIGHT_BAR], // Report ID
    ...[0x05, 0x08], //   Usage Page (LED)
    ...[0x09, 0x52], //   Usage (RGB LED)
    ...[0xa1, 0x02], //   Collection (Logical)
    ...[0x09, 0x53], //     Usage (Red LED Channel)
    ...[0x09, 0x55], //     Usage (Green LED Channel)
    ...[0x09, 0x54], //     Usage (Blue LED Channel)
    ...[0x95, 0x03], //     Report Count (3)
    ...[0x91, 0x02], //     Output (Data, Variable, Absolute)
    ...[0xc0], //         End Collection
    ...[0xc0], //       End Collection
  );
}

/** Where things are in the input report, its id counted. */
const Offset = {
  STICKS: 1,
  TRIGGERS: 5,
  HAT: 7,
  BUTTONS: 8,
  ACCELERATION: 10,
  ANGULAR_VELOCITY: 22,
  TIMESTAMP: 34,
  FINGERS: 38,
  CHARGE: 48,
  BATTERY_STATUS: 49,
} as const;
const INPUT_LENGTH = 50;
const FINGER_LENGTH = 5;
/** What the units of motion are divided into; see the exponents. */
const MOTION_STEPS = 10_000;
const LARGEST_MOTION = 0x7fff_ffff;
/** Outside of all ranges: no direction, nobody there, not known. */
const NO_DIRECTION = 8;
const NO_PLACE = 0xffff;
const NO_CHARGE = 0xff;

/** Bits of the buttons, in the order of the controllers' own reports. */
const buttonOrder: readonly PlayStationButton[] = [
  ...(["square", "cross", "circle", "triangle", "l1", "r1", "l2", "r2"] as const),
  ...(["create", "options", "l3", "r3", "ps", "touchpad", "mute"] as const),
];
/** Directions by the way right (0 to 2) and down (0 to 2), 1 for none: 0 is up, and on clockwise. */
const directions = [
  [7, 0, 1],
  [6, NO_DIRECTION, 2],
  [5, 4, 3],
] as const;
const statusBits: Readonly<Record<Battery["status"], number>> = {
  charging: 0b001,
  discharging: 0b010,
  full: 0b100,
  "not-charging": 0b000,
};

/** The input report of a state. @param calibration the controller's own, or `nominalCalibration` */
export function buildInputReport(
  state: PlayStationState,
  calibration: Calibration,
  touchpad: TouchpadSize,
): Uint8Array {
  const { leftStick, rightStick, leftTrigger, rightTrigger, pressed, battery, motion } = state;
  const view = new DataView(new ArrayBuffer(INPUT_LENGTH));
  view.setUint8(0, ReportId.INPUT);
  for (const [index, way] of [leftStick.x, leftStick.y, rightStick.x, rightStick.y].entries()) {
    view.setUint8(Offset.STICKS + index, Math.round(((way + 1) / 2) * 0xff));
  }
  view.setUint8(Offset.TRIGGERS, Math.round(leftTrigger * 0xff));
  view.setUint8(Offset.TRIGGERS + 1, Math.round(rightTrigger * 0xff));
  const down = 1 + Number(pressed.has("down")) - Number(pressed.has("up"));
  const right = 1 + Number(pressed.has("right")) - Number(pressed.has("left"));
  view.setUint8(Offset.HAT, directions[down]![right]!);
  const bits = buttonOrder.reduce((sum, button, bit) => sum | (Number(pressed.has(button)) << bit), 0);
  view.setUint16(Offset.BUTTONS, bits, true);
  const { acceleration, angularVelocity } = calibrated(motion, calibration);
  putVector(view, Offset.ACCELERATION, acceleration);
  putVector(view, Offset.ANGULAR_VELOCITY, angularVelocity);
  view.setUint32(Offset.TIMESTAMP, Math.round(motion.timestampUs), true);
  for (const index of [0, 1])
    putFinger(view, Offset.FINGERS + index * FINGER_LENGTH, state.touches[index], touchpad);
  view.setUint8(Offset.CHARGE, battery.level === undefined ? NO_CHARGE : Math.round(battery.level * 100));
  view.setUint8(Offset.BATTERY_STATUS, statusBits[battery.status]);
  return new Uint8Array(view.buffer);
}

function putVector(view: DataView, offset: number, vector: readonly number[]): void {
  for (const [axis, value] of vector.entries()) {
    const steps = Math.round(value * MOTION_STEPS);
    view.setInt32(offset + 4 * axis, Math.min(LARGEST_MOTION, Math.max(-LARGEST_MOTION, steps)), true);
  }
}

function putFinger(
  view: DataView,
  offset: number,
  touch: TouchPoint | undefined,
  { width, height }: TouchpadSize,
): void {
  view.setUint8(offset, touch === undefined ? 0 : 1 | (touch.id << 1));
  view.setUint16(offset + 1, touch === undefined ? NO_PLACE : Math.round(touch.x * (width - 1)), true);
  view.setUint16(offset + 3, touch === undefined ? NO_PLACE : Math.round(touch.y * (height - 1)), true);
}
