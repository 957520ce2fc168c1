/**
 * DualShock 4 over USB: input report 1, output report 5.
 *
 * Source: what Linux' hid-playstation driver, written by the maker, reads and sends.
 */

import { parseDualShock4Battery } from "./battery.ts";
import { vectorAt } from "./motion.ts";
import { byteShare, type PlayStationState, parseButtons, reportWith, stickAt, viewOfInput } from "./state.ts";
import { parseTouches, type TouchpadSize } from "./touch.ts";

/** idVendor, and idProduct of both models and of the wireless adapter. */
export const DUALSHOCK_4 = { vendorId: 0x054c, productIds: [0x05c4, 0x09cc, 0x0ba0] } as const;

/** idProduct of the wireless adapter. */
const ADAPTER = 0x0ba0;
/** Bit of its reports: no controller is connected to it. */
const NO_CONTROLLER = 0x04;

/** The touchpad's counts. */
export const DUALSHOCK_4_TOUCHPAD: TouchpadSize = { width: 1920, height: 942 };

/** What an output report sets; what is left out stays as it is. */
export interface DualShock4Output {
  /** Motors, 0 to 1 each: the heavy one on the left, the light one on the right. */
  readonly rumble?: { readonly strong: number; readonly weak: number };
  /** The light bar, 0 to 1 each. */
  readonly light?: { readonly red: number; readonly green: number; readonly blue: number };
  /** How long the light is on and off, 0 to 2550 ms each; 0 and 0 for no blinking. */
  readonly blink?: { readonly onMs: number; readonly offMs: number };
}

const INPUT_REPORT = 0x01;
const OUTPUT_REPORT = 0x05;
const OUTPUT_LENGTH = 32;

/** Microseconds in a count of the sensors' clock. */
const TIMESTAMP_US = 16 / 3;
const BLINK_STEP_MS = 10;

/** Bits of byte 1 of the output report: what it sets. */
const Valid = { MOTORS: 0x01, LIGHT: 0x02, BLINK: 0x04 } as const;

/** Where things are in the input report, its id counted. */
const Offset = {
  LEFT_STICK: 1,
  RIGHT_STICK: 3,
  BUTTONS: 5,
  LEFT_TRIGGER: 8,
  RIGHT_TRIGGER: 9,
  TIMESTAMP: 10,
  GYROSCOPE: 13,
  ACCELEROMETER: 19,
  STATUS: 30,
  DONGLE: 31,
  TOUCH_COUNT: 33,
  TOUCHES: 34,
} as const;

/** A report has up to three readings of the touchpad, each with a byte for its time and two points. */
const TOUCH_READING_LENGTH = 9;
const TOUCH_READINGS = 3;

/** What a controller sends that nobody touches: sticks in the middle, no direction. */
const NEUTRAL = reportWith(64, {
  0: INPUT_REPORT,
  [Offset.LEFT_STICK]: 0x80,
  [Offset.LEFT_STICK + 1]: 0x80,
  [Offset.RIGHT_STICK]: 0x80,
  [Offset.RIGHT_STICK + 1]: 0x80,
  [Offset.BUTTONS]: 8,
});

/**
 * Reads input report 1. The clock of the sensors starts over after 349525 µs.
 *
 * @param bytes 64 bytes with the id; of fewer, what is missing says nothing
 * @throws HidError `report-id`
 */
export function parseDualShock4Report(bytes: Uint8Array): PlayStationState {
  const view = viewOfInput(bytes, NEUTRAL, "DualShock 4");
  const readings = Math.min(view.getUint8(Offset.TOUCH_COUNT), TOUCH_READINGS);
  // The last reading is the newest; after the byte with its time come the points.
  const newest = Offset.TOUCHES + (readings - 1) * TOUCH_READING_LENGTH + 1;
  return {
    pressed: parseButtons(view, Offset.BUTTONS, false),
    leftStick: stickAt(view, Offset.LEFT_STICK),
    rightStick: stickAt(view, Offset.RIGHT_STICK),
    leftTrigger: view.getUint8(Offset.LEFT_TRIGGER) / 0xff,
    rightTrigger: view.getUint8(Offset.RIGHT_TRIGGER) / 0xff,
    motion: {
      gyroscope: vectorAt(view, Offset.GYROSCOPE),
      accelerometer: vectorAt(view, Offset.ACCELEROMETER),
      timestampUs: view.getUint16(Offset.TIMESTAMP, true) * TIMESTAMP_US,
    },
    touches: readings === 0 ? [] : parseTouches(view, newest, DUALSHOCK_4_TOUCHPAD),
    battery: parseDualShock4Battery(view.getUint8(Offset.STATUS)),
  };
}

/** Whether a report is the wireless adapter's own, which has no controller now: it says nothing then. */
export function isWithoutController(productId: number, report: Uint8Array): boolean {
  return productId === ADAPTER && ((report[Offset.DONGLE] ?? 0) & NO_CONTROLLER) !== 0;
}

/**
 * Builds output report 5.
 *
 * @returns 32 bytes with the id
 * @throws RangeError for what is out of its range
 */
export function buildDualShock4Output({ rumble, light, blink }: DualShock4Output): Uint8Array {
  const bytes = new Uint8Array(OUTPUT_LENGTH);
  bytes[0] = OUTPUT_REPORT;
  if (rumble !== undefined) {
    bytes[1]! |= Valid.MOTORS;
    bytes.set([byteShare(rumble.weak), byteShare(rumble.strong)], 4);
  }
  if (light !== undefined) {
    bytes[1]! |= Valid.LIGHT;
    bytes.set([light.red, light.green, light.blue].map(byteShare), 6);
  }
  if (blink !== undefined) {
    bytes[1]! |= Valid.BLINK;
    bytes.set([blink.onMs, blink.offMs].map(blinkSteps), 9);
  }
  return bytes;
}

function blinkSteps(timeMs: number): number {
  if (timeMs >= 0 && timeMs <= 0xff * BLINK_STEP_MS) return Math.round(timeMs / BLINK_STEP_MS);
  throw new RangeError(`The light is on and off for 0 to 2550 ms, not ${timeMs}.`);
}
