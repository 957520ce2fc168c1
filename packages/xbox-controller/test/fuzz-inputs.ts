/** Messages that are nearly right, and what must hold of each. Shared by the tests and by `fuzz.ts`. */

import { mutate, type Random, randomBytes } from "@busbar/fuzz";
import { decodeReport, GamepadDecoder, gamepadMapping, parseReportDescriptor } from "@busbar/hid";
import {
  acknowledgeGipMessage,
  buildGipMessage,
  buildInputReport,
  type GipMessage,
  parseGipMessage,
  parseXbox360Message,
  XBOX_ONE_REPORT_DESCRIPTOR,
  XboxOneDecoder,
  type XboxState,
} from "../src/index.ts";

const descriptor = parseReportDescriptor(XBOX_ONE_REPORT_DESCRIPTOR);
const decoder = new GamepadDecoder(descriptor, gamepadMapping(descriptor));
/** Input, guide button, announcement, status, and anything else. */
const commands = [0x20, 0x20, 0x20, 0x07, 0x02, 0x03];

/** A message of either protocol, most of them whole. */
export function randomMessage(random: Random): Uint8Array {
  if (random(3) === 0) {
    const message = randomBytes(random(8) === 0 ? random(24) : 20, random);
    message.set([random(8) === 0 ? random(4) : 0, 20].slice(0, message.length));
    return message;
  }
  if (random(10) === 0) return randomBytes(random(64), random);
  const message = buildGipMessage({
    command: random(8) === 0 ? random(256) : commands[random(commands.length)]!,
    client: random(8) === 0 ? random(16) : 0,
    isInternal: random(2) === 0,
    needsAcknowledge: random(4) === 0,
    sequence: random(256),
    payload: randomBytes(random(4) === 0 ? random(300) : 14 + random(40), random),
  });
  return random(4) === 0 ? mutate(message, random) : message;
}

/**
 * Reads bytes by both protocols.
 *
 * @returns whether they say something about the controls
 * @throws when anything comes out, or a state that cannot be
 */
export function exercise(bytes: Uint8Array): boolean {
  const states = [parseXbox360Message(bytes), xboxOneState(parseGipMessage(bytes), bytes.length)].filter(
    (state) => state !== undefined,
  );
  for (const state of states) checkState(state);
  return states.length > 0;
}

function checkState(state: XboxState): void {
  const report = buildInputReport(state);
  const decoded = decodeReport(descriptor, "input", report);
  const values = decoded.values.filter(({ inRange, field }) => !inRange && !field.hasNullState);
  rule(values.length === 0, "all values are in their range");
  const gamepad = decoder.apply(decoded);
  rule(gamepad !== undefined && gamepad.mapping === "standard", "a state is a standard gamepad");
  rule(
    gamepad!.axes.every((axis) => axis >= -1 && axis <= 1),
    "axes are -1 to 1",
  );
  rule(
    gamepad!.buttons.every(({ value }) => value >= 0 && value <= 1),
    "buttons are 0 to 1",
  );
}

function xboxOneState(message: GipMessage | undefined, length: number): XboxState | undefined {
  if (message === undefined) return undefined;
  rule(message.payload.length < length, "a payload is in its message");
  rule(acknowledgeGipMessage(message).length === 13, "an acknowledgement has 13 bytes");
  return new XboxOneDecoder(true).apply(message);
}

function rule(holds: boolean, what: string): void {
  if (!holds) throw new Error(`broken rule: ${what}`);
}
