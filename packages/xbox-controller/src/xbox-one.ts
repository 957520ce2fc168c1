/**
 * Xbox One and Xbox Series controllers with a cable: interface class 0xFF, subclass 0x47, protocol 0xD0.
 *
 * Sources: "[MS-GIPUSB]", Microsoft; checked against what Linux' xpad driver reads and sends.
 */

import { buildGipMessage, GipCommand, type GipMessage } from "./gip.ts";
import {
  filledUp,
  pressedButtons,
  scaled,
  stickAt,
  type TriggerRumble,
  type XboxButton,
  type XboxState,
} from "./state.ts";

/** bInterfaceClass, bInterfaceSubClass and bInterfaceProtocol; interface number 0 is the controller's. */
export const XBOX_ONE_INTERFACE = { class: 0xff, subclass: 0x47, protocol: 0xd0 } as const;

/** Bytes 0 and 1 of the payload as one little-endian number. */
const buttonMasks: ReadonlyMap<number, XboxButton> = new Map([
  [0x0004, "menu"],
  [0x0008, "view"],
  [0x0010, "a"],
  [0x0020, "b"],
  [0x0040, "x"],
  [0x0080, "y"],
  [0x0100, "up"],
  [0x0200, "down"],
  [0x0400, "left"],
  [0x0800, "right"],
  [0x1000, "leftBumper"],
  [0x2000, "rightBumper"],
  [0x4000, "leftStick"],
  [0x8000, "rightStick"],
]);

/** Buttons, triggers and sticks. What follows differs from model to model. */
const INPUT_LENGTH = 14;
/** Triggers have ten bits. */
const FULL_TRIGGER = 0x3ff;
/**
 * Where the share button's bit is, of those that have it: behind the buttons and sticks, or where newer firmware has it,
 * whose messages are longer.
 */
const SHARE_OFFSET = 14;
const LATER_SHARE_OFFSET = 18;
const LATER_SHARE_LENGTH = 44;
/** Bits of the rumble message: which motors are meant. */
const ALL_MOTORS = 0x0f;
/** Motors take 0 to 100. */
const FULL_RUMBLE = 100;
/** In units of 10 ms, and how often again. */
const LONGEST_RUMBLE = 0xff;

/** Reads the controller's messages. The guide button comes in messages of its own, so there is a state to keep. */
export class XboxOneDecoder {
  readonly #hasShareButton: boolean;
  #isGuidePressed = false;
  #state: XboxState = {
    pressed: new Set(),
    leftTrigger: 0,
    rightTrigger: 0,
    leftStick: { x: 0, y: 0 },
    rightStick: { x: 0, y: 0 },
  };

  /** @param hasShareButton Xbox Series controllers; others have something else in that byte */
  constructor(hasShareButton = false) {
    this.#hasShareButton = hasShareButton;
  }

  /**
   * Takes a message. One that `needsAcknowledge` comes again until it is answered: see `acknowledgeGipMessage`.
   *
   * @returns the whole state after it, where what is missing of a message is 0; `undefined` for a message that says
   *   nothing about buttons and sticks
   */
  apply({ command, client, payload }: GipMessage): XboxState | undefined {
    if (client !== 0) return undefined;
    if (command === GipCommand.VIRTUAL_KEY) {
      // Bit 1 is the guide button of some, as in Linux.
      this.#isGuidePressed = ((payload[0] ?? 0) & 0b11) !== 0;
    } else if (command === GipCommand.INPUT) {
      this.#state = this.#parseInput(payload);
    } else {
      return undefined;
    }
    const pressed = new Set(this.#state.pressed);
    if (this.#isGuidePressed) pressed.add("guide");
    return { ...this.#state, pressed };
  }

  #parseInput(given: Uint8Array): XboxState {
    const payload = filledUp(given, INPUT_LENGTH);
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const pressed = pressedButtons(view.getUint16(0, true), buttonMasks);
    const shareOffset = payload.length < LATER_SHARE_LENGTH ? SHARE_OFFSET : LATER_SHARE_OFFSET;
    if (this.#hasShareButton && ((payload[shareOffset] ?? 0) & 1) !== 0) pressed.add("share");
    return {
      pressed,
      leftTrigger: Math.min(1, view.getUint16(2, true) / FULL_TRIGGER),
      rightTrigger: Math.min(1, view.getUint16(4, true) / FULL_TRIGGER),
      leftStick: stickAt(view, 6),
      rightStick: stickAt(view, 10),
    };
  }
}

/** The message that turns the motors, for eleven minutes or until the next one. @throws RangeError when a share is not 0 to 1 */
export function buildXboxOneRumble(
  sequence: number,
  { strong, weak, leftTrigger = 0, rightTrigger = 0 }: TriggerRumble,
): Uint8Array {
  const motors = [leftTrigger, rightTrigger, strong, weak].map((share) => scaled(share, FULL_RUMBLE));
  // Then for how long, how long not, and how often again.
  const payload = Uint8Array.of(0x00, ALL_MOTORS, ...motors, LONGEST_RUMBLE, 0x00, LONGEST_RUMBLE);
  return buildGipMessage({
    command: GipCommand.RUMBLE,
    client: 0,
    isInternal: false,
    needsAcknowledge: false,
    sequence,
    payload,
  });
}
