/** The reports of the boot protocol, which need no report descriptor. Source: HID 1.11, appendix B. */

import { HidError } from "./errors.ts";

/** A boot keyboard's report (B.1). */
export interface BootKeyboardReport {
  /** Bits 0 to 3: left control, shift, alt, GUI; 4 to 7: right. */
  readonly modifiers: number;
  /** The keys that are down: ids of the keyboard page, at most six; empty with `isRollOver`. */
  readonly keys: readonly number[];
  /** More keys are down than the keyboard can tell, or it has an error: `keys` is not known. */
  readonly isRollOver: boolean;
}

/** A boot mouse's report (B.2). */
export interface BootMouseReport {
  /** Bit 0 is button 1, the primary one; bits 3 to 7 are the device's own. */
  readonly buttons: number;
  /** Counts to the right, -128 to 127. */
  readonly x: number;
  /** Counts towards the user, -128 to 127. */
  readonly y: number;
  /** What the device sends after that: the fourth byte is the wheel of most mice. */
  readonly rest: Uint8Array;
}

const KEYBOARD_REPORT_LENGTH = 8;
const MOUSE_REPORT_LENGTH = 3;
const KEY_SLOTS = 6;
/** Id 0, and ones in every bit, which some keyboards fill their slots with. */
const noKeys: readonly number[] = [0, 0xff];
/** ErrorRollOver, POSTFail and ErrorUndefined: 1 to 3. */
const LAST_ERROR_KEY = 3;

/**
 * What a boot keyboard's reports mean, as a report descriptor (B.1), for `parseReportDescriptor`: boot reports then
 * decode like all others. Keys run to 255.
 */
export const BOOT_KEYBOARD_DESCRIPTOR: Uint8Array = Uint8Array.of(
  ...[0x05, 0x01], // Usage Page (Generic Desktop)
  ...[0x09, 0x06], // Usage (Keyboard)
  ...[0xa1, 0x01], // Collection (Application)
  ...[0x75, 0x01], //   Report Size (1)
  ...[0x95, 0x08], //   Report Count (8)
  ...[0x05, 0x07], //   Usage Page (Keyboard/Keypad)
  ...[0x19, 0xe0], //   Usage Minimum (Left Control)
  ...[0x29, 0xe7], //   Usage Maximum (Right GUI)
  ...[0x15, 0x00], //   Logical Minimum (0)
  ...[0x25, 0x01], //   Logical Maximum (1)
  ...[0x81, 0x02], //   Input (Data, Variable, Absolute): modifiers
  ...[0x95, 0x01], //   Report Count (1)
  ...[0x75, 0x08], //   Report Size (8)
  ...[0x81, 0x03], //   Input (Constant): reserved
  ...[0x95, 0x05], //   Report Count (5)
  ...[0x75, 0x01], //   Report Size (1)
  ...[0x05, 0x08], //   Usage Page (LED)
  ...[0x19, 0x01], //   Usage Minimum (Num Lock)
  ...[0x29, 0x05], //   Usage Maximum (Kana)
  ...[0x91, 0x02], //   Output (Data, Variable, Absolute): lights
  ...[0x95, 0x01], //   Report Count (1)
  ...[0x75, 0x03], //   Report Size (3)
  ...[0x91, 0x03], //   Output (Constant): padding
  ...[0x95, 0x06], //   Report Count (6)
  ...[0x75, 0x08], //   Report Size (8)
  ...[0x26, 0xff, 0x00], // Logical Maximum (255)
  ...[0x05, 0x07], //   Usage Page (Keyboard/Keypad)
  ...[0x19, 0x00], //   Usage Minimum (0)
  ...[0x2a, 0xff, 0x00], // Usage Maximum (255)
  ...[0x81, 0x00], //   Input (Data, Array): keys
  0xc0, //            End Collection
);

/** What a boot mouse's reports mean, as a report descriptor (B.2). */
export const BOOT_MOUSE_DESCRIPTOR: Uint8Array = Uint8Array.of(
  ...[0x05, 0x01], // Usage Page (Generic Desktop)
  ...[0x09, 0x02], // Usage (Mouse)
  ...[0xa1, 0x01], // Collection (Application)
  ...[0x09, 0x01], //   Usage (Pointer)
  ...[0xa1, 0x00], //   Collection (Physical)
  ...[0x95, 0x03], //     Report Count (3)
  ...[0x75, 0x01], //     Report Size (1)
  ...[0x05, 0x09], //     Usage Page (Button)
  ...[0x19, 0x01], //     Usage Minimum (1)
  ...[0x29, 0x03], //     Usage Maximum (3)
  ...[0x15, 0x00], //     Logical Minimum (0)
  ...[0x25, 0x01], //     Logical Maximum (1)
  ...[0x81, 0x02], //     Input (Data, Variable, Absolute): buttons
  ...[0x95, 0x01], //     Report Count (1)
  ...[0x75, 0x05], //     Report Size (5)
  ...[0x81, 0x03], //     Input (Constant): the device's own
  ...[0x75, 0x08], //     Report Size (8)
  ...[0x95, 0x02], //     Report Count (2)
  ...[0x05, 0x01], //     Usage Page (Generic Desktop)
  ...[0x09, 0x30], //     Usage (X)
  ...[0x09, 0x31], //     Usage (Y)
  ...[0x15, 0x81], //     Logical Minimum (-127)
  ...[0x25, 0x7f], //     Logical Maximum (127)
  ...[0x81, 0x06], //     Input (Data, Variable, Relative): movement
  0xc0, //              End Collection
  0xc0, //            End Collection
);

/** @throws HidError `report-length` when it has fewer than 8 bytes */
export function parseBootKeyboardReport(bytes: Uint8Array): BootKeyboardReport {
  checkLength("keyboard", bytes, KEYBOARD_REPORT_LENGTH);
  const slots = [...bytes.subarray(2, 2 + KEY_SLOTS)].filter((key) => !noKeys.includes(key));
  const isRollOver = slots.some((key) => key <= LAST_ERROR_KEY);
  return { modifiers: bytes[0]!, keys: isRollOver ? [] : slots, isRollOver };
}

/** @throws HidError `report-length` when it has fewer than 3 bytes */
export function parseBootMouseReport(bytes: Uint8Array): BootMouseReport {
  checkLength("mouse", bytes, MOUSE_REPORT_LENGTH);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    buttons: view.getUint8(0),
    x: view.getInt8(1),
    y: view.getInt8(2),
    rest: bytes.subarray(MOUSE_REPORT_LENGTH),
  };
}

/**
 * Builds what a boot keyboard sends; more than six keys become a roll-over in every slot (appendix C).
 *
 * @param modifiers as in `BootKeyboardReport`
 * @param keys ids of the keyboard page, 4 to 0xDF
 * @returns 8 bytes
 * @throws HidError `invalid-value`
 */
export function buildBootKeyboardReport(modifiers: number, keys: readonly number[]): Uint8Array {
  const isByte = (value: number) => Number.isInteger(value) && value >= 0 && value <= 0xff;
  const wrong = [modifiers, ...keys].find((value) => !isByte(value));
  if (wrong !== undefined)
    throw new HidError("invalid-value", `${wrong} is no modifiers byte and no key of one byte`);
  const slots = keys.length <= KEY_SLOTS ? keys : Array.from({ length: KEY_SLOTS }, () => 1);
  const bytes = new Uint8Array(KEYBOARD_REPORT_LENGTH);
  bytes.set([modifiers, 0, ...slots]);
  return bytes;
}

function checkLength(device: string, bytes: Uint8Array, needed: number): void {
  if (bytes.length >= needed) return;
  throw new HidError(
    "report-length",
    `A boot ${device}'s report has at least ${needed} bytes, but this one has ${bytes.length}`,
  );
}
