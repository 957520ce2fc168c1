/**
 * A gamepad with report ids: USB HID 1.11, HID Usage Tables 1.5 sections 4, 5, 9 and 12. Its buttons are in the order of
 * Android's gamepads and of Linux' BTN_GAMEPAD, and its triggers are pedals, as there.
 */

import { stall, type UsbModelClock } from "@busbar/model";
import type { HidDefinition, HidReport } from "./descriptors.ts";
import { HidDevice, type HidDeviceOptions } from "./hid-device.ts";

/** Report ids. */
const INPUT = 1;
const RUMBLE = 2;
const BATTERY = 3;
const DEAD_ZONE = 4;

/** The ranges of sticks and triggers. */
const STICK_MAXIMUM = 0xffff;
const TRIGGER_MAXIMUM = 0x3ff;
/** A value outside of the hat switch's range is its null state: HID 1.11 section 6.2.2.5. */
const HAT_NULL = 8;

const REPORT_DESCRIPTOR = Uint8Array.of(
  ...[0x05, 0x01, 0x09, 0x05, 0xa1, 0x01], // Generic Desktop, Gamepad, Collection (Application)
  ...[0x85, INPUT], //                        Report ID
  ...[0x05, 0x09, 0x19, 0x01, 0x29, 0x10], // Button, 1 to 16
  ...[0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x10, 0x81, 0x02], // 16 bits, Input (Variable)
  ...[0x05, 0x01, 0x09, 0x39], //             Generic Desktop, Hat Switch
  ...[0x15, 0x00, 0x25, 0x07, 0x35, 0x00, 0x46, 0x3b, 0x01], // 0 to 7 is 0 to 315
  ...[0x65, 0x14, 0x75, 0x04, 0x95, 0x01, 0x81, 0x42], // degrees, 4 bits, Input (Variable, Null State)
  ...[0x65, 0x00, 0x45, 0x00, 0x75, 0x04, 0x81, 0x03], // no unit, 4 bits, Input (Constant)
  ...[0x09, 0x30, 0x09, 0x31, 0x09, 0x32, 0x09, 0x35], // X, Y, Z, Rz
  ...[0x15, 0x00, 0x27, 0xff, 0xff, 0x00, 0x00], // 0 to 65535
  ...[0x75, 0x10, 0x95, 0x04, 0x81, 0x02], // 4 fields of 16 bits, Input (Variable)
  ...[0x05, 0x02, 0x15, 0x00, 0x26, 0xff, 0x03], // Simulation Controls, 0 to 1023
  ...[0x09, 0xc5, 0x75, 0x0a, 0x95, 0x01, 0x81, 0x02], // Brake, 10 bits, Input (Variable)
  ...[0x75, 0x06, 0x81, 0x03], //             6 bits, Input (Constant)
  ...[0x09, 0xc4, 0x75, 0x0a, 0x81, 0x02], // Accelerator, 10 bits, Input (Variable)
  ...[0x75, 0x06, 0x81, 0x03], //             6 bits, Input (Constant)
  ...[0x06, 0x00, 0xff, 0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08], // Vendor 0xFF00, 0 to 255, bytes
  ...[0x85, RUMBLE, 0x09, 0x01, 0x09, 0x02, 0x95, 0x02, 0x91, 0x02], // Output (Variable): both motors
  ...[0x85, DEAD_ZONE, 0x09, 0x03, 0x95, 0x01, 0xb1, 0x02], // Feature (Variable)
  ...[0x85, BATTERY, 0x05, 0x06, 0x09, 0x20], // Generic Device Controls, Battery Strength
  ...[0x25, 0x64, 0xb1, 0x02, 0xc0], //       to 100, Feature (Variable); End Collection
);

const DEFINITION: HidDefinition = {
  product: "gamepad",
  productId: 0x0006,
  bootInterface: "none",
  countryCode: 0,
  reportDescriptor: REPORT_DESCRIPTOR,
  reports: [
    { type: "input", id: INPUT, bytes: 15 },
    { type: "output", id: RUMBLE, bytes: 2 },
    { type: "feature", id: BATTERY, bytes: 1 },
    { type: "feature", id: DEAD_ZONE, bytes: 1 },
  ],
  hasOutputEndpoint: true,
  initialIdle: 0,
};

/** Where everything on a gamepad is. What is not given is at rest. */
export interface GamepadControls {
  /** The buttons that are down, 1 to 16. */
  readonly buttons?: readonly number[] | undefined;
  /** Which way the hat switch is pressed: 0 is up, 2 right, 4 down, 6 left. Left out: not at all. */
  readonly hat?: number | undefined;
  /** X and Y, -1 (left, up) to 1. */
  readonly leftStick?: readonly [x: number, y: number] | undefined;
  readonly rightStick?: readonly [x: number, y: number] | undefined;
  /** 0 to 1. */
  readonly leftTrigger?: number | undefined;
  readonly rightTrigger?: number | undefined;
}

/** What to build a gamepad from. */
export interface HidGamepadOptions extends HidDeviceOptions {
  /** What it does by itself, one state a step. Default: nothing. */
  readonly states?: readonly GamepadControls[] | undefined;
  /** What its battery says, in per cent. Default: 80. */
  readonly batteryPercent?: number | undefined;
}

/** A gamepad with 16 buttons, a hat switch, two sticks, two triggers and two motors. */
export class HidGamepad extends HidDevice {
  /** What its battery says, in per cent. */
  batteryPercent: number;
  readonly #states: readonly GamepadControls[];
  #controls: GamepadControls = {};
  #rumble: { readonly strong: number; readonly weak: number } = { strong: 0, weak: 0 };
  #deadZone = 0;

  constructor(options: HidGamepadOptions, clock: UsbModelClock) {
    super(DEFINITION, options, clock);
    this.#states = options.states ?? [];
    this.batteryPercent = options.batteryPercent ?? 80;
  }

  /** How fast its motors turn, 0 to 255. */
  get rumble(): { readonly strong: number; readonly weak: number } {
    return this.#rumble;
  }

  /** How far from its middle a stick has to be, in 255ths of its way. */
  get deadZone(): number {
    return this.#deadZone;
  }

  /** Moves everything to where `controls` says; the rest is let go of. */
  set(controls: GamepadControls): void {
    this.#controls = controls;
    this.send(INPUT, this.#state());
  }

  protected contents({ id }: HidReport): Uint8Array {
    switch (id) {
      case INPUT:
        return this.#state();
      case RUMBLE:
        return Uint8Array.of(this.#rumble.strong, this.#rumble.weak);
      case BATTERY:
        return Uint8Array.of(this.batteryPercent);
      default:
        return Uint8Array.of(this.#deadZone);
    }
  }

  protected accept({ id }: HidReport, data: Uint8Array): void {
    if (id === BATTERY) throw stall("The battery cannot be charged by a request.");
    if (id === RUMBLE) this.#rumble = { strong: data[0]!, weak: data[1]! };
    else this.#deadZone = data[0]!;
  }

  protected *script(): Iterator<void> {
    for (const state of this.#states) {
      this.set(state);
      yield;
    }
  }

  protected reset(): void {
    this.#rumble = { strong: 0, weak: 0 };
    this.#deadZone = 0;
  }

  #state(): Uint8Array {
    const { buttons = [], hat, leftStick = [0, 0], rightStick = [0, 0] } = this.#controls;
    const { leftTrigger = 0, rightTrigger = 0 } = this.#controls;
    const report = new DataView(new ArrayBuffer(15));
    const bits = buttons.reduce((all, button) => all | (1 << (button - 1)), 0);
    report.setUint16(0, bits, true);
    report.setUint8(2, hat ?? HAT_NULL);
    for (const [index, position] of [...leftStick, ...rightStick].entries()) {
      const isInMiddle = Math.abs(position) < this.#deadZone / 255;
      report.setUint16(3 + index * 2, share(isInMiddle ? 0.5 : (position + 1) / 2, STICK_MAXIMUM), true);
    }
    report.setUint16(11, share(leftTrigger, TRIGGER_MAXIMUM), true);
    report.setUint16(13, share(rightTrigger, TRIGGER_MAXIMUM), true);
    return new Uint8Array(report.buffer);
  }
}

function share(part: number, maximum: number): number {
  return Math.round(Math.max(0, Math.min(1, part)) * maximum);
}
