/** A boot keyboard with five lights: USB HID 1.11 appendix B.1, HID Usage Tables 1.5 sections 10 and 11. */

import type { UsbModelClock } from "@busbar/model";
import type { HidDefinition, HidReport } from "./descriptors.ts";
import { HidDevice, type HidDeviceOptions } from "./hid-device.ts";
import { keysOf } from "./us-layout.ts";

/** bCountryCode of US keyboards: HID 1.11 section 6.2.1. */
const US = 33;

/** How many keys a report can name, and what it says in each place where more are down (appendix C). */
const KEY_SLOTS = 6;
const ERROR_ROLL_OVER = 1;
const FIRST_MODIFIER = 0xe0;

/** HID 1.11 appendix B.1; the boot protocol has the same reports. */
const REPORT_DESCRIPTOR = Uint8Array.of(
  ...[0x05, 0x01, 0x09, 0x06, 0xa1, 0x01], // Generic Desktop, Keyboard, Collection (Application)
  ...[0x75, 0x01, 0x95, 0x08], //             8 fields of 1 bit
  ...[0x05, 0x07, 0x19, 0xe0, 0x29, 0xe7], // Keyboard, Left Control to Right GUI
  ...[0x15, 0x00, 0x25, 0x01, 0x81, 0x02], // 0 to 1, Input (Variable): modifiers
  ...[0x95, 0x01, 0x75, 0x08, 0x81, 0x03], // 1 byte, Input (Constant): reserved
  ...[0x95, 0x05, 0x75, 0x01], //             5 fields of 1 bit
  ...[0x05, 0x08, 0x19, 0x01, 0x29, 0x05], // LED, Num Lock to Kana
  ...[0x91, 0x02], //                         Output (Variable): lights
  ...[0x95, 0x01, 0x75, 0x03, 0x91, 0x03], // 3 bits, Output (Constant)
  ...[0x95, 0x06, 0x75, 0x08], //             6 fields of 1 byte
  ...[0x26, 0xff, 0x00], //                   to 255
  ...[0x05, 0x07, 0x19, 0x00, 0x2a, 0xff, 0x00], // Keyboard, 0 to 255
  ...[0x81, 0x00, 0xc0], //                   Input (Array): keys; End Collection
);

const DEFINITION: HidDefinition = {
  product: "keyboard",
  productId: 0x0004,
  bootInterface: "keyboard",
  countryCode: US,
  reportDescriptor: REPORT_DESCRIPTOR,
  reports: [
    { type: "input", id: 0, bytes: 8 },
    { type: "output", id: 0, bytes: 1 },
  ],
  hasOutputEndpoint: false,
  // 500 ms, as section 7.2.4 recommends for keyboards.
  initialIdle: 125,
};

/** What to build a keyboard from. */
export interface HidKeyboardOptions extends HidDeviceOptions {
  /** What it types by itself: a step of the script presses a key, the next lets go. Default: nothing. */
  readonly type?: string | undefined;
}

/** A keyboard with US legends. */
export class HidKeyboard extends HidDevice {
  readonly #text: string;
  #held: readonly number[] = [];
  #lights = 0;

  /** @throws RangeError for a text with characters that are on no key */
  constructor(options: HidKeyboardOptions, clock: UsbModelClock) {
    super(DEFINITION, options, clock);
    this.#text = options.type ?? "";
    keysOf(this.#text);
  }

  /** The lights that are on: bits 0 to 4 are Num Lock, Caps Lock, Scroll Lock, Compose and Kana. */
  get lights(): number {
    return this.#lights;
  }

  /**
   * Holds these keys down, and lets go of all others.
   *
   * @param keys ids of the Keyboard/Keypad page, 4 to 255; 0xE0 to 0xE7 are modifiers
   */
  hold(...keys: readonly number[]): void {
    this.#held = keys;
    this.send(0, this.#state());
  }

  /** Types a text, key by key. @throws RangeError for a character that is on no key; nothing is typed then */
  type(text: string): void {
    for (const keys of keysOf(text)) {
      this.hold(...keys);
      this.hold();
    }
  }

  protected contents({ type }: HidReport): Uint8Array {
    return type === "input" ? this.#state() : Uint8Array.of(this.#lights);
  }

  protected accept(_report: HidReport, data: Uint8Array): void {
    this.#lights = data[0]! & 0x1f;
  }

  protected *script(): Iterator<void> {
    for (const keys of keysOf(this.#text)) {
      this.hold(...keys);
      yield;
      this.hold();
      yield;
    }
  }

  protected reset(): void {
    this.#lights = 0;
  }

  #state(): Uint8Array {
    const isModifier = (key: number) => key >= FIRST_MODIFIER && key < FIRST_MODIFIER + 8;
    const modifiers = this.#held
      .filter(isModifier)
      .reduce((bits, key) => bits | (1 << (key - FIRST_MODIFIER)), 0);
    const others = this.#held.filter((key) => !isModifier(key));
    const slots = others.length <= KEY_SLOTS ? others : Array<number>(KEY_SLOTS).fill(ERROR_ROLL_OVER);
    const report = new Uint8Array(2 + KEY_SLOTS);
    report.set([modifiers, 0, ...slots]);
    return report;
  }
}
