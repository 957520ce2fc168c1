/**
 * What Xbox One and Xbox Series controllers must be told before they send input, model by model.
 *
 * Sources: "[MS-GIPUSB]", Microsoft; which models need which messages, and in which order, is what Linux' xpad driver
 * knows of them.
 */

import { buildGipMessage, GipCommand } from "./gip.ts";

/** Which controller it is: idVendor and idProduct. */
export interface XboxIdentity {
  readonly vendorId: number;
  readonly productId: number;
}

/** What the light of the guide button does. */
export const XboxOneLight = {
  OFF: 0x00,
  ON: 0x01,
  BLINK_FAST: 0x02,
  BLINK: 0x03,
  BLINK_SLOWLY: 0x04,
  FADE: 0x08,
} as const;

/** Brightness of the light as the maker's own driver sets it; 0 to 47. */
const USUAL_BRIGHTNESS = 0x14;

/** "vendor:product", as in the tables. */
const key = ({ vendorId, productId }: XboxIdentity) =>
  [vendorId, productId].map((id) => id.toString(16).padStart(4, "0")).join(":");

/** One message of the start. */
interface StartMessage {
  /** "vendor:product" of those that need it; all where left out. */
  readonly models?: readonly string[];
  readonly build: (sequence: number) => Uint8Array;
}

/** Hori's Horipad One, PDP's Titanfall 2 controller, RedOctane's Guitar Hero Live dongle. */
const needIdentifyAcknowledged = ["0f0d:0067", "0e6f:0165", "1430:079b"];
/** Xbox One S and Elite 2: what they were told over Bluetooth before has to end. */
const keepBluetooth = ["045e:02ea", "045e:0b00"];
/** Some of PowerA's, and the first Xbox One controller. */
const needRumble = ["24c6:541a", "24c6:542a", "24c6:543a", "045e:02d1"];

/** In this order. Which origin a controller has is never proved: nobody asks for it after AUTHENTICATE. */
const startMessages: readonly StartMessage[] = [
  { models: needIdentifyAcknowledged, build: acknowledgeIdentify },
  { build: (sequence) => internal(GipCommand.POWER, sequence, [0x00]) },
  { models: keepBluetooth, build: leaveBluetooth },
  { build: (sequence) => buildXboxOneLight(sequence, XboxOneLight.ON) },
  { build: (sequence) => internal(GipCommand.AUTHENTICATE, sequence, [0x01, 0x00]) },
  // Too short for the motors to begin to turn.
  { models: needRumble, build: (sequence) => rumble(sequence, [0x1d, 0x1d, 0xff]) },
  { models: needRumble, build: (sequence) => rumble(sequence, [0x00, 0x00, 0x00]) },
];

/** Those that Linux knows to have a share button; where others have theirs, if they have one, is not known. */
const withShareButton: ReadonlySet<string> = new Set([
  "045e:0b12", // Xbox Series
  "03f0:08b6", // HyperX Clutch Gladiate, second version
  "0b05:1a38", // ASUS ROG Raikiri
  "0b05:1c96", // ASUS ROG Raikiri II
  "0b05:1d04", // ASUS ROG Raikiri II, wireless
  "10f5:7008", // Turtle Beach Recon
  "10f5:7073", // Turtle Beach Stealth Ultra
  "20d6:2064", // PowerA, wired
  "2e95:0504", // SCUF
  "366c:0005", // ByoWave Proteus
]);

/** Whether it is known to have a share button. */
export function hasShareButton(identity: XboxIdentity): boolean {
  return withShareButton.has(key(identity));
}

/**
 * What a controller must be told before it sends input, in order: power on, light on, and that nobody asks it to prove
 * where it comes from. Some models need more.
 *
 * @param nextSequence gives each message its sequence number
 */
export function xboxOneStart(identity: XboxIdentity, nextSequence: () => number): Uint8Array[] {
  return startMessages
    .filter(({ models }) => models === undefined || models.includes(key(identity)))
    .map(({ build }) => build(nextSequence()));
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

/** As if the controller had identified itself in 58 bytes of 186, which it has not been asked for. */
function acknowledgeIdentify(sequence: number): Uint8Array {
  const payload = [0x00, GipCommand.IDENTIFY, 0x20, 0x3a, 0x00, 0x00, 0x00, 0x80, 0x00];
  return internal(GipCommand.ACKNOWLEDGE, sequence, payload);
}

/** It claims fifteen bytes and has one: so the controllers take it, and not otherwise. */
function leaveBluetooth(sequence: number): Uint8Array {
  return Uint8Array.of(GipCommand.POWER, 0x20, sequence & 0xff, 0x0f, 0x06);
}

/** All motors; the two of the grips. @param strengths left, right, and for how long in units of 10 ms */
function rumble(sequence: number, strengths: readonly [number, number, number]): Uint8Array {
  return message(GipCommand.RUMBLE, false, sequence, [0x00, 0x0f, 0x00, 0x00, ...strengths, 0x00, 0x00]);
}

function internal(command: number, sequence: number, payload: readonly number[]): Uint8Array {
  return message(command, true, sequence, payload);
}

function message(
  command: number,
  isInternal: boolean,
  sequence: number,
  payload: readonly number[],
): Uint8Array {
  return buildGipMessage({
    command,
    client: 0,
    isInternal,
    needsAcknowledge: false,
    sequence,
    payload: Uint8Array.from(payload),
  });
}
