/** A mouse with five buttons and two wheels: USB HID 1.11 appendix B.2, HID Usage Tables 1.5 sections 4, 12 and 15. */

import type { UsbModelClock } from "@busbar/model";
import type { HidDefinition } from "./descriptors.ts";
import { HidDevice, type HidDeviceOptions } from "./hid-device.ts";

/** How far a report can say that it moved: 12 bits, and 8 in the boot protocol and of the wheels. */
const FARTHEST = 2047;
const FARTHEST_OF_A_BYTE = 127;
const BUTTONS = 0x1f;
/** The boot protocol has three. */
const BOOT_BUTTONS = 0x07;

const REPORT_DESCRIPTOR = Uint8Array.of(
  ...[0x05, 0x01, 0x09, 0x02, 0xa1, 0x01], // Generic Desktop, Mouse, Collection (Application)
  ...[0x09, 0x01, 0xa1, 0x00], //             Pointer, Collection (Physical)
  ...[0x05, 0x09, 0x19, 0x01, 0x29, 0x05], // Button, 1 to 5
  ...[0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x05, 0x81, 0x02], // 5 bits, Input (Variable)
  ...[0x75, 0x03, 0x95, 0x01, 0x81, 0x03], // 3 bits, Input (Constant)
  ...[0x05, 0x01, 0x09, 0x30, 0x09, 0x31], // Generic Desktop, X, Y
  ...[0x16, 0x01, 0xf8, 0x26, 0xff, 0x07], // -2047 to 2047
  ...[0x75, 0x0c, 0x95, 0x02, 0x81, 0x06], // 2 fields of 12 bits, Input (Variable, Relative)
  ...[0x09, 0x38, 0x15, 0x81, 0x25, 0x7f], // Wheel, -127 to 127
  ...[0x75, 0x08, 0x95, 0x01, 0x81, 0x06], // 1 byte, Input (Variable, Relative)
  ...[0x05, 0x0c, 0x0a, 0x38, 0x02, 0x81, 0x06], // Consumer, AC Pan, Input (Variable, Relative)
  ...[0xc0, 0xc0], //                         End Collection, twice
);

const DEFINITION: HidDefinition = {
  product: "mouse",
  productId: 0x0005,
  bootInterface: "mouse",
  countryCode: 0,
  reportDescriptor: REPORT_DESCRIPTOR,
  reports: [{ type: "input", id: 0, bytes: 6 }],
  hasOutputEndpoint: false,
  initialIdle: 0,
};

/** How a mouse moves. */
export interface MouseMovement {
  /** Counts to the right. */
  readonly x?: number | undefined;
  /** Counts towards the user. */
  readonly y?: number | undefined;
  /** Steps away from the user. */
  readonly wheel?: number | undefined;
  /** Steps to the right. */
  readonly horizontalWheel?: number | undefined;
  /** The buttons that are down from then on: bit 0 is button 1, to bit 4. Left out: as they were. */
  readonly buttons?: number | undefined;
}

/** What to build a mouse from. */
export interface HidMouseOptions extends HidDeviceOptions {
  /** What it does by itself, a movement a step. Default: nothing. */
  readonly moves?: readonly MouseMovement[] | undefined;
}

/** A mouse whose report protocol says more than its boot protocol. */
export class HidMouse extends HidDevice {
  readonly #moves: readonly MouseMovement[];
  #buttons = 0;

  constructor(options: HidMouseOptions, clock: UsbModelClock) {
    super(DEFINITION, options, clock);
    this.#moves = options.moves ?? [];
  }

  /** Moves it; what is too far for a report of the protocol in use becomes several. */
  move({ x = 0, y = 0, wheel = 0, horizontalWheel = 0, buttons = this.#buttons }: MouseMovement): void {
    this.#buttons = buttons & BUTTONS;
    const farthest = this.protocol === "boot" ? FARTHEST_OF_A_BYTE : FARTHEST;
    const left = [x, y, wheel, horizontalWheel];
    do {
      const step = left.map((count, index) => within(count, index < 2 ? farthest : FARTHEST_OF_A_BYTE));
      this.send(0, this.#report(step));
      for (const [index, count] of step.entries()) left[index]! -= count;
    } while (left.some((count) => count !== 0));
  }

  protected contents(): Uint8Array {
    return this.#report([0, 0, 0, 0]);
  }

  /** It has only input reports. */
  protected accept(): void {}

  protected *script(): Iterator<void> {
    for (const movement of this.#moves) {
      this.move(movement);
      yield;
    }
  }

  protected reset(): void {}

  #report([x, y, wheel, horizontalWheel]: readonly number[]): Uint8Array {
    if (this.protocol === "boot") return Uint8Array.of(this.#buttons & BOOT_BUTTONS, x!, y!);
    // X in the lower 12 bits, Y in the upper ones, least significant byte first.
    const both = (x! & 0xfff) | ((y! & 0xfff) << 12);
    return Uint8Array.of(this.#buttons, both, both >> 8, both >> 16, wheel!, horizontalWheel!);
  }
}

function within(count: number, farthest: number): number {
  return Math.max(-farthest, Math.min(farthest, Math.trunc(count)));
}
