/**
 * The Xbox 360 controller with a cable: interface class 0xFF, subclass 0x5D, protocol 0x01. It is no HID device: 20-byte
 * messages on its first interrupt endpoint, and commands on the OUT endpoint.
 *
 * Sources: "Xbox 360 controller", free60 wiki; "Understanding the Xbox 360 Wired Controller's USB Data", Parts Not
 * Included; checked against what Linux' xpad driver reads and sends.
 */

import {
  filledUp,
  pressedButtons,
  type Rumble,
  scaled,
  stickAt,
  type XboxButton,
  type XboxState,
} from "./state.ts";

/** bInterfaceClass, bInterfaceSubClass and bInterfaceProtocol of the controller's interface. */
export const XBOX_360_INTERFACE = { class: 0xff, subclass: 0x5d, protocol: 0x01 } as const;

/** What the four lights around the guide button do; the controller shows nothing by itself. */
export const Xbox360Light = {
  OFF: 0,
  /** All blink, then as before. */
  BLINK_ALL: 1,
  /** Blinks, then stays on: which player it is. */
  FLASH_1: 2,
  FLASH_2: 3,
  FLASH_3: 4,
  FLASH_4: 5,
  ON_1: 6,
  ON_2: 7,
  ON_3: 8,
  ON_4: 9,
  ROTATE: 10,
  BLINK: 11,
  BLINK_SLOWLY: 12,
  ROTATE_TWO: 13,
} as const;

const MESSAGE_INPUT = 0x00;
const INPUT_LENGTH = 20;
const MESSAGE_LIGHT = 0x01;
const MESSAGE_RUMBLE = 0x00;

/** Bytes 2 and 3 as one little-endian number. */
const buttonMasks: ReadonlyMap<number, XboxButton> = new Map([
  [0x0001, "up"],
  [0x0002, "down"],
  [0x0004, "left"],
  [0x0008, "right"],
  [0x0010, "menu"],
  [0x0020, "view"],
  [0x0040, "leftStick"],
  [0x0080, "rightStick"],
  [0x0100, "leftBumper"],
  [0x0200, "rightBumper"],
  [0x0400, "guide"],
  [0x1000, "a"],
  [0x2000, "b"],
  [0x4000, "x"],
  [0x8000, "y"],
]);

/**
 * Reads a message from the controller.
 *
 * @param message what is missing of an input message, which Linux takes whatever its length is, is 0
 * @returns `undefined` for a message that says nothing about buttons and sticks: lights, motors and accessories
 */
export function parseXbox360Message(message: Uint8Array): XboxState | undefined {
  if (message[0] !== MESSAGE_INPUT) return undefined;
  const bytes = filledUp(message, INPUT_LENGTH);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    pressed: pressedButtons(view.getUint16(2, true), buttonMasks),
    leftTrigger: view.getUint8(4) / 0xff,
    rightTrigger: view.getUint8(5) / 0xff,
    leftStick: stickAt(view, 6),
    rightStick: stickAt(view, 10),
  };
}

/** The command that sets the lights. @param light see `Xbox360Light` */
export function buildXbox360Light(light: number): Uint8Array {
  return Uint8Array.of(MESSAGE_LIGHT, 3, light);
}

/** The command that turns the motors, until the next one. @throws RangeError when a share is not 0 to 1 */
export function buildXbox360Rumble({ strong, weak }: Rumble): Uint8Array {
  return Uint8Array.of(MESSAGE_RUMBLE, 8, 0, scaled(strong, 0xff), scaled(weak, 0xff), 0, 0, 0);
}
