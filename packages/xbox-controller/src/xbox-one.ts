/**
 * Xbox One and Xbox Series controllers with a cable: interface class 0xFF, subclass 0x47, protocol 0xD0.
 *
 * Sources: "[MS-GIPUSB]", Microsoft; checked against what Linux' xpad driver reads and sends.
 */

import { HidError } from "@busbar/hid";
import { buildGipMessage, GipCommand, type GipMessage } from "./gip.ts";
import {
  pressedButtons,
  scaled,
  stickAt,
  type TriggerRumble,
  type XboxButton,
  type XboxState,
} from "./state.ts";

/** bInterfaceClass, bInterfaceSubClass and bInterfaceProtocol; interface number 0 is the controller's. */
export const XBOX_ONE_INTERFACE = { class: 0xff, subclass: 0x47, protocol: 0xd0 } as const;

/** What the light of the guide button does. */
export const XboxOneLight = {
  OFF: 0x00,
  ON: 0x01,
  BLINK_FAST: 0x02,
  BLINK: 0x03,
  BLINK_SLOWLY: 0x04,
  FADE: 0x08,
} as const;

/** Which controller it is: idVendor and idProduct. */
export interface XboxIdentity {
  readonly vendorId: number;
  readonly productId: number;
}

/** idVendor and idProduct of Microsoft's controllers that need more than others, or have more. */
const MICROSOFT = 0x045e;
const XBOX_ONE_S = 0x02ea;
const XBOX_ELITE_2 = 0x0b00;
const XBOX_SERIES = 0x0b12;

/** Whether it is known to have a share button; where others have theirs is not. */
export function hasShareButton({ vendorId, productId }: XboxIdentity): boolean {
  return vendorId === MICROSOFT && productId === XBOX_SERIES;
}

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
/** The share button's bit is in the 18th byte from the end of a message, of those that have it. */
const SHARE_FROM_END = 18;
const FIRST_SHARE_LENGTH = 32;
/** Bits of the rumble message: which motors are meant. */
const ALL_MOTORS = 0x0f;
/** Motors take 0 to 100. */
const FULL_RUMBLE = 100;
/** In units of 10 ms, and how often again. */
const LONGEST_RUMBLE = 0xff;
/** Brightness of the light as the maker's own driver sets it; 0 to 47. */
const USUAL_BRIGHTNESS = 0x14;

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
   * @returns the whole state after it; `undefined` for a message that says nothing about buttons and sticks
   * @throws HidError `report-length` when it is too short
   */
  apply({ command, client, payload }: GipMessage): XboxState | undefined {
    if (client !== 0) return undefined;
    if (command === GipCommand.VIRTUAL_KEY) {
      checkLength(payload, 2);
      this.#isGuidePressed = (payload[0]! & 1) !== 0;
    } else if (command === GipCommand.INPUT) {
      checkLength(payload, INPUT_LENGTH);
      this.#state = this.#parseInput(payload);
    } else {
      return undefined;
    }
    const pressed = new Set(this.#state.pressed);
    if (this.#isGuidePressed) pressed.add("guide");
    return { ...this.#state, pressed };
  }

  #parseInput(payload: Uint8Array): XboxState {
    const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    const pressed = pressedButtons(view.getUint16(0, true), buttonMasks);
    if (this.#hasShareButton && payload.length >= FIRST_SHARE_LENGTH) {
      if ((payload[payload.length - SHARE_FROM_END]! & 1) !== 0) pressed.add("share");
    }
    return {
      pressed,
      leftTrigger: Math.min(1, view.getUint16(2, true) / FULL_TRIGGER),
      rightTrigger: Math.min(1, view.getUint16(4, true) / FULL_TRIGGER),
      leftStick: stickAt(view, 6),
      rightStick: stickAt(view, 10),
    };
  }
}

/**
 * What a controller must be told before it sends input, in order: power on, light on, and that nobody asks it to prove
 * where it comes from. Some models need more.
 *
 * @param nextSequence gives each message its sequence number
 */
export function xboxOneStart(
  { vendorId, productId }: XboxIdentity,
  nextSequence: () => number,
): Uint8Array[] {
  const messages: ((sequence: number) => Uint8Array)[] = [
    (sequence) => internal(GipCommand.POWER, sequence, [0x00]),
    (sequence) => buildXboxOneLight(sequence, XboxOneLight.ON),
    (sequence) => internal(GipCommand.AUTHENTICATE, sequence, [0x01, 0x00]),
  ];
  const keepsBluetooth = vendorId === MICROSOFT && (productId === XBOX_ONE_S || productId === XBOX_ELITE_2);
  if (keepsBluetooth) messages.splice(1, 0, leaveBluetooth);
  return messages.map((build) => build(nextSequence()));
}

/** For Xbox One S and Elite 2. It claims fifteen bytes and has one: so the controllers take it, and not otherwise. */
function leaveBluetooth(sequence: number): Uint8Array {
  return Uint8Array.of(GipCommand.POWER, 0x20, sequence & 0xff, 0x0f, 0x06);
}

/** The message that sets the light of the guide button. @param light see `XboxOneLight` @param brightness 0 to 47 */
export function buildXboxOneLight(
  sequence: number,
  light: number,
  brightness = USUAL_BRIGHTNESS,
): Uint8Array {
  if (!(Number.isInteger(brightness) && brightness >= 0 && brightness <= 47)) {
    throw new RangeError(`The light's brightness is 0 to 47, not ${brightness}.`);
  }
  return internal(GipCommand.LIGHT, sequence, [0x00, light, brightness]);
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

function internal(command: number, sequence: number, payload: readonly number[]): Uint8Array {
  const body = Uint8Array.from(payload);
  return buildGipMessage({
    command,
    client: 0,
    isInternal: true,
    needsAcknowledge: false,
    sequence,
    payload: body,
  });
}

function checkLength(payload: Uint8Array, needed: number): void {
  if (payload.length >= needed) return;
  throw new HidError(
    "report-length",
    `An Xbox One controller's message has at least ${needed} bytes, but this one has ${payload.length}`,
  );
}
