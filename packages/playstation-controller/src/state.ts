/** What DualShock 4 and DualSense have in common: buttons, sticks, triggers. */

import { HidError } from "@busbar/hid";
import type { Battery } from "./battery.ts";
import type { RawMotion } from "./motion.ts";
import type { TouchPoint } from "./touch.ts";

/** The buttons by their names; L2 and R2 as buttons, besides their way. */
export type PlayStationButton =
  | "cross"
  | "circle"
  | "square"
  | "triangle"
  | "l1"
  | "r1"
  | "l2"
  | "r2"
  /** Share, and Create on a DualSense. */
  | "create"
  | "options"
  | "l3"
  | "r3"
  | "up"
  | "down"
  | "left"
  | "right"
  | "ps"
  /** The touchpad, pressed down. */
  | "touchpad"
  /** DualSense only. */
  | "mute";

/** A stick: -1 is left or up, 1 is right or down. It rests near 0, not at it. */
export interface Stick {
  readonly x: number;
  readonly y: number;
}

/** All that a controller says. */
export interface PlayStationState {
  /** Those that are down. */
  readonly pressed: ReadonlySet<PlayStationButton>;
  readonly leftStick: Stick;
  readonly rightStick: Stick;
  /** L2, 0 to 1. */
  readonly leftTrigger: number;
  /** R2, 0 to 1. */
  readonly rightTrigger: number;
  /** As the sensors say it; see `calibrated`. */
  readonly motion: RawMotion;
  /** The fingers on the touchpad, at most two. */
  readonly touches: readonly TouchPoint[];
  readonly battery: Battery;
}

/** Bits of the three bytes of buttons as one little-endian number; the lowest four are the D-pad. */
const buttonMasks: ReadonlyMap<number, PlayStationButton> = new Map([
  [0x00_0010, "square"],
  [0x00_0020, "cross"],
  [0x00_0040, "circle"],
  [0x00_0080, "triangle"],
  [0x00_0100, "l1"],
  [0x00_0200, "r1"],
  [0x00_0400, "l2"],
  [0x00_0800, "r2"],
  [0x00_1000, "create"],
  [0x00_2000, "options"],
  [0x00_4000, "l3"],
  [0x00_8000, "r3"],
  [0x01_0000, "ps"],
  [0x02_0000, "touchpad"],
]);
const MUTE_MASK = 0x04_0000;
const DPAD_MASK = 0x0f;

/** Clockwise from up; 8 is "not pressed". */
const dpad: readonly (readonly PlayStationButton[])[] = [
  ["up"],
  ["up", "right"],
  ["right"],
  ["right", "down"],
  ["down"],
  ["down", "left"],
  ["left"],
  ["left", "up"],
];

/** The buttons of three bytes. @param hasMute whether the mute button exists; a DualShock 4 counts reports there */
export function parseButtons(view: DataView, offset: number, hasMute: boolean): Set<PlayStationButton> {
  const bits = view.getUint16(offset, true) | (view.getUint8(offset + 2) << 16);
  const pressed = new Set<PlayStationButton>(dpad[bits & DPAD_MASK] ?? []);
  for (const [mask, button] of buttonMasks) if ((bits & mask) !== 0) pressed.add(button);
  if (hasMute && (bits & MUTE_MASK) !== 0) pressed.add("mute");
  return pressed;
}

/** Two bytes, 0 is left or up. */
export function stickAt(view: DataView, offset: number): Stick {
  const share = (value: number) => (value / 0xff) * 2 - 1;
  return { x: share(view.getUint8(offset)), y: share(view.getUint8(offset + 1)) };
}

/**
 * Checks that these bytes are that report.
 *
 * @throws HidError `report-id`, `report-length`
 */
export function viewOfReport(bytes: Uint8Array, id: number, length: number, device: string): DataView {
  if (bytes[0] !== id) {
    throw new HidError(
      "report-id",
      `A ${device}'s report starts with ${id}, but this one with ${bytes[0] ?? "nothing"}`,
    );
  }
  if (bytes.length < length) {
    throw new HidError(
      "report-length",
      `Report ${id} of a ${device} has ${length} bytes, but this one has ${bytes.length}`,
    );
  }
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * An input report of the full length. What is missing of one that is too short is as in `neutral`, so that it moves no
 * stick, presses nothing and touches nowhere; controllers that leave the last bytes out exist.
 *
 * @param neutral a whole report of a controller that nobody touches, with its id
 * @throws HidError `report-id`
 */
export function viewOfInput(bytes: Uint8Array, neutral: Uint8Array, device: string): DataView {
  if (bytes.length >= neutral.length) return viewOfReport(bytes, neutral[0]!, neutral.length, device);
  const whole = neutral.slice();
  whole.set(bytes);
  return viewOfReport(bytes.length === 0 ? bytes : whole, neutral[0]!, neutral.length, device);
}

/** A report in which all bytes are 0 but these. */
export function reportWith(length: number, bytes: Readonly<Record<number, number>>): Uint8Array {
  const report = new Uint8Array(length);
  for (const [offset, value] of Object.entries(bytes)) report[Number(offset)] = value;
  return report;
}

/**
 * A part of a byte's range.
 *
 * @throws RangeError when the share is not 0 to 1
 */
export function byteShare(share: number): number {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`A motor or a colour is 0 to 1, not ${share}.`);
  return Math.round(share * 0xff);
}
