/**
 * DualSense over USB: input report 1, output report 2.
 *
 * Source: what Linux' hid-playstation driver, written by the maker, reads and sends.
 */

import { parseDualSenseBattery } from "./battery.ts";
import { vectorAt } from "./motion.ts";
import { byteShare, type PlayStationState, parseButtons, reportWith, stickAt, viewOfInput } from "./state.ts";
import { parseTouches, type TouchpadSize } from "./touch.ts";

/** idVendor, and idProduct of DualSense and DualSense Edge. */
export const DUALSENSE = { vendorId: 0x054c, productIds: [0x0ce6, 0x0df2] } as const;

/** The touchpad's counts. */
export const DUALSENSE_TOUCHPAD: TouchpadSize = { width: 1920, height: 1080 };

/** What an output report sets; what is left out stays as it is. */
export interface DualSenseOutput {
  /** Motors, 0 to 1 each: the heavy one on the left, the light one on the right. */
  readonly rumble?: { readonly strong: number; readonly weak: number };
  /** The light bar, 0 to 1 each. */
  readonly light?: { readonly red: number; readonly green: number; readonly blue: number };
  /** The five lights below the touchpad, from the left; bit 0 is the first. */
  readonly playerLights?: number;
  /** The light in the mute button. */
  readonly muteLight?: "off" | "on" | "pulse";
}

const INPUT_REPORT = 0x01;
const OUTPUT_REPORT = 0x02;
/** The report descriptor says 48; 47 bytes of content after the id. */
const OUTPUT_LENGTH = 48;

/** Counts of the sensors' clock in a microsecond. */
const COUNTS_PER_US = 3;

/** Bits of bytes 1, 2 and 39 of the output report: what it sets. */
const Valid0 = { COMPATIBLE_VIBRATION: 0x01, HAPTICS_SELECT: 0x02 } as const;
const Valid1 = { MUTE_LIGHT: 0x01, LIGHT_BAR: 0x04, PLAYER_LIGHTS: 0x10 } as const;
const Valid2 = { LIGHT_BAR_SETUP: 0x02 } as const;
/** Ends the blue that the light bar fades to when the controller starts, and leaves it to the host. */
const LIGHT_OUT = 0x02;

/** Where things are in the input report, its id counted. */
const Offset = {
  LEFT_STICK: 1,
  RIGHT_STICK: 3,
  LEFT_TRIGGER: 5,
  RIGHT_TRIGGER: 6,
  BUTTONS: 8,
  GYROSCOPE: 16,
  ACCELEROMETER: 22,
  TIMESTAMP: 28,
  TOUCHES: 33,
  STATUS: 53,
} as const;

/** Where things are in the output report, its id counted. */
const OutputOffset = {
  VALID_0: 1,
  VALID_1: 2,
  MOTORS: 3,
  MUTE_LIGHT: 9,
  VALID_2: 39,
  LIGHT_BAR_SETUP: 42,
  PLAYER_LIGHTS: 44,
  LIGHT_BAR: 45,
} as const;

const muteLights = { off: 0, on: 1, pulse: 2 } as const;

/** What a controller sends that nobody touches: sticks in the middle, no direction, no finger. */
const NEUTRAL = reportWith(64, {
  0: INPUT_REPORT,
  [Offset.LEFT_STICK]: 0x80,
  [Offset.LEFT_STICK + 1]: 0x80,
  [Offset.RIGHT_STICK]: 0x80,
  [Offset.RIGHT_STICK + 1]: 0x80,
  [Offset.BUTTONS]: 8,
  [Offset.TOUCHES]: 0x80,
  [Offset.TOUCHES + 4]: 0x80,
});

/**
 * Reads input report 1. The clock of the sensors starts over after 1431 seconds.
 *
 * @param bytes 64 bytes with the id; of fewer, what is missing says nothing
 * @throws HidError `report-id`
 */
export function parseDualSenseReport(bytes: Uint8Array): PlayStationState {
  const view = viewOfInput(bytes, NEUTRAL, "DualSense");
  return {
    pressed: parseButtons(view, Offset.BUTTONS, true),
    leftStick: stickAt(view, Offset.LEFT_STICK),
    rightStick: stickAt(view, Offset.RIGHT_STICK),
    leftTrigger: view.getUint8(Offset.LEFT_TRIGGER) / 0xff,
    rightTrigger: view.getUint8(Offset.RIGHT_TRIGGER) / 0xff,
    motion: {
      gyroscope: vectorAt(view, Offset.GYROSCOPE),
      accelerometer: vectorAt(view, Offset.ACCELEROMETER),
      timestampUs: view.getUint32(Offset.TIMESTAMP, true) / COUNTS_PER_US,
    },
    touches: parseTouches(view, Offset.TOUCHES, DUALSENSE_TOUCHPAD),
    battery: parseDualSenseBattery(view.getUint8(Offset.STATUS)),
  };
}

/**
 * Builds output report 2.
 *
 * @returns 48 bytes with the id
 * @throws RangeError for what is out of its range
 */
export function buildDualSenseOutput({
  rumble,
  light,
  playerLights,
  muteLight,
}: DualSenseOutput): Uint8Array {
  const bytes = new Uint8Array(OUTPUT_LENGTH);
  bytes[0] = OUTPUT_REPORT;
  if (rumble !== undefined) {
    bytes[OutputOffset.VALID_0]! |= Valid0.COMPATIBLE_VIBRATION | Valid0.HAPTICS_SELECT;
    bytes.set([byteShare(rumble.weak), byteShare(rumble.strong)], OutputOffset.MOTORS);
  }
  if (light !== undefined) {
    bytes[OutputOffset.VALID_1]! |= Valid1.LIGHT_BAR;
    bytes[OutputOffset.VALID_2]! |= Valid2.LIGHT_BAR_SETUP;
    bytes[OutputOffset.LIGHT_BAR_SETUP] = LIGHT_OUT;
    bytes.set([light.red, light.green, light.blue].map(byteShare), OutputOffset.LIGHT_BAR);
  }
  if (playerLights !== undefined) {
    if (!(Number.isInteger(playerLights) && playerLights >= 0 && playerLights <= 0x1f)) {
      throw new RangeError(`The player lights are five bits, 0 to 31, not ${playerLights}.`);
    }
    bytes[OutputOffset.VALID_1]! |= Valid1.PLAYER_LIGHTS;
    bytes[OutputOffset.PLAYER_LIGHTS] = playerLights;
  }
  if (muteLight !== undefined) {
    bytes[OutputOffset.VALID_1]! |= Valid1.MUTE_LIGHT;
    bytes[OutputOffset.MUTE_LIGHT] = muteLights[muteLight];
  }
  return bytes;
}
