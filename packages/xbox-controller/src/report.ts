/**
 * How an Xbox controller is shown as a HID device: with the controls that the same controllers have over Bluetooth, in
 * the order that Android asks for, so that an app sees one gamepad however it is wired. Nothing here does I/O.
 *
 * Source: the report descriptor of an Xbox One controller (model 1708) over Bluetooth. Different from it: the sticks are
 * signed, so that their middle is 0, all input is one report without an id, and the motors have usages of their own.
 */

import type { TriggerRumble, XboxButton, XboxState } from "./state.ts";

const INPUT_ITEMS = [
  ...[0x05, 0x01], // Usage Page (Generic Desktop)
  ...[0x09, 0x05], // Usage (Gamepad)
  ...[0xa1, 0x01], // Collection (Application)
  ...[0x09, 0x30], //   Usage (X)
  ...[0x09, 0x31], //   Usage (Y)
  ...[0x09, 0x32], //   Usage (Z)
  ...[0x09, 0x35], //   Usage (Rz)
  ...[0x16, 0x01, 0x80], // Logical Minimum (-32767)
  ...[0x26, 0xff, 0x7f], // Logical Maximum (32767)
  ...[0x75, 0x10], //   Report Size (16)
  ...[0x95, 0x04], //   Report Count (4)
  ...[0x81, 0x02], //   Input (Data, Variable, Absolute): sticks
  ...[0x05, 0x02], //   Usage Page (Simulation Controls)
  ...[0x09, 0xc5], //   Usage (Brake)
  ...[0x09, 0xc4], //   Usage (Accelerator)
  ...[0x15, 0x00], //   Logical Minimum (0)
  ...[0x26, 0xff, 0x03], // Logical Maximum (1023)
  ...[0x95, 0x02], //   Report Count (2)
  ...[0x81, 0x02], //   Input (Data, Variable, Absolute): triggers
  ...[0x05, 0x01], //   Usage Page (Generic Desktop)
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
  ...[0x81, 0x02], //   Input (Data, Variable, Absolute): buttons
  ...[0x05, 0x0c], //   Usage Page (Consumer)
  ...[0x09, 0xb2], //   Usage (Record)
  ...[0x95, 0x01], //   Report Count (1)
  ...[0x81, 0x02], //   Input (Data, Variable, Absolute): share
];

/** The motors. @param count 2 for those of the grips, 4 for those of the triggers, too */
const outputItems = (count: 2 | 4) => [
  ...[0x06, 0xbb, 0xff], // Usage Page (UsagePage.BUSBAR)
  ...[0x19, 0x01], //   Usage Minimum (Strong Motor)
  ...[0x29, count], //  Usage Maximum (Weak Motor, or Right Trigger Motor)
  ...[0x26, 0xff, 0x00], // Logical Maximum (255)
  ...[0x75, 0x08], //   Report Size (8)
  ...[0x95, count], //  Report Count (2 or 4)
  ...[0x91, 0x02], //   Output (Data, Variable, Absolute)
  ...[0xc0], //       End Collection
];

/** Of an Xbox 360 controller. */
export const XBOX_360_REPORT_DESCRIPTOR: Uint8Array = Uint8Array.from([...INPUT_ITEMS, ...outputItems(2)]);
/** Of Xbox One and Xbox Series controllers, which have motors at their triggers. */
export const XBOX_ONE_REPORT_DESCRIPTOR: Uint8Array = Uint8Array.from([...INPUT_ITEMS, ...outputItems(4)]);

const INPUT_LENGTH = 15;
const Offset = { STICKS: 0, TRIGGERS: 8, HAT: 12, BUTTONS: 13 } as const;
const FULL_STICK = 32767;
const FULL_TRIGGER = 1023;
/** Of the hat switch: out of its range. */
const NO_DIRECTION = 8;
const FULL_MOTOR = 255;

/** Bits of the buttons. HID counts from 1: bit 0 is button 1. Bit 15 is the share button's usage. */
const buttonBits: Readonly<Partial<Record<XboxButton, number>>> = {
  a: 0,
  b: 1,
  x: 3,
  y: 4,
  leftBumper: 6,
  rightBumper: 7,
  view: 10,
  menu: 11,
  guide: 12,
  leftStick: 13,
  rightStick: 14,
  share: 15,
};
/** Directions by the way right (0 to 2) and down (0 to 2), 1 for none: 0 is up, and on clockwise. */
const directions = [
  [7, 0, 1],
  [6, NO_DIRECTION, 2],
  [5, 4, 3],
] as const;

/** The input report of a state. */
export function buildInputReport(state: XboxState): Uint8Array {
  const { leftStick, rightStick, leftTrigger, rightTrigger, pressed } = state;
  const view = new DataView(new ArrayBuffer(INPUT_LENGTH));
  for (const [index, share] of [leftStick.x, leftStick.y, rightStick.x, rightStick.y].entries()) {
    view.setInt16(Offset.STICKS + 2 * index, Math.round(share * FULL_STICK), true);
  }
  view.setUint16(Offset.TRIGGERS, Math.round(leftTrigger * FULL_TRIGGER), true);
  view.setUint16(Offset.TRIGGERS + 2, Math.round(rightTrigger * FULL_TRIGGER), true);
  const down = 1 + Number(pressed.has("down")) - Number(pressed.has("up"));
  const right = 1 + Number(pressed.has("right")) - Number(pressed.has("left"));
  view.setUint8(Offset.HAT, directions[down]![right]!);
  let bits = 0;
  for (const button of pressed) {
    const bit = buttonBits[button];
    if (bit !== undefined) bits |= 1 << bit;
  }
  view.setUint16(Offset.BUTTONS, bits, true);
  return new Uint8Array(view.buffer);
}

/** What an output report asks for. @param report one byte a motor */
export function parseOutputReport(report: Uint8Array): TriggerRumble {
  const [strong = 0, weak = 0, leftTrigger = 0, rightTrigger = 0] = Array.from(
    report,
    (byte) => byte / FULL_MOTOR,
  );
  return { strong, weak, leftTrigger, rightTrigger };
}
