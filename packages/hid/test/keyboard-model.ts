/** A boot keyboard for the simulated USB: what its firmware would do. */

import { type UsbDescriptors, type UsbDevice, type UsbSetup, UsbTransferError } from "@busbar/sim/usbip";
import { BOOT_KEYBOARD_DESCRIPTOR } from "../src/index.ts";

const LENGTH = BOOT_KEYBOARD_DESCRIPTOR.length;

/** bmRequestType and bRequest of what it knows (HID 1.11, 7). */
const Request = {
  GET_DESCRIPTOR: 0x8106,
  GET_REPORT: 0xa101,
  GET_IDLE: 0xa102,
  GET_PROTOCOL: 0xa103,
} as const;
const SET_REPORT = 0x2109;

export class KeyboardModel implements UsbDevice {
  readonly speed = "full";
  readonly descriptors: UsbDescriptors = {
    device: Uint8Array.of(18, 1, 0, 2, 0, 0, 0, 64, 0x09, 0x12, 1, 0, 0, 1, 1, 2, 3, 1),
    configurations: [
      Uint8Array.of(
        ...[9, 2, 34, 0, 1, 1, 0, 0x80, 50],
        ...[9, 4, 0, 0, 1, 3, 1, 1, 0],
        ...[9, 0x21, 0x11, 0x01, 33, 1, 0x22, LENGTH & 0xff, LENGTH >> 8],
        ...[7, 5, 0x81, 3, 8, 0, 10],
      ),
    ],
    strings: ["Busbar", "keyboard", "1"],
  };
  /** What the host set last. */
  lights: number | undefined;
  readonly #reports: Uint8Array[] = [];
  #wake: () => void = () => {};

  /** Presses keys, and lets go of all others. */
  press(modifiers: number, ...keys: number[]): void {
    const report = new Uint8Array(8);
    report.set([modifiers, 0, ...keys]);
    this.#reports.push(report);
    this.#wake();
  }

  control({ bmRequestType, bRequest }: UsbSetup, data: Uint8Array): Uint8Array {
    switch ((bmRequestType << 8) | bRequest) {
      case Request.GET_DESCRIPTOR:
        return BOOT_KEYBOARD_DESCRIPTOR;
      case Request.GET_REPORT:
        return new Uint8Array(8);
      case Request.GET_IDLE:
        return Uint8Array.of(125);
      case Request.GET_PROTOCOL:
        return Uint8Array.of(1);
      case SET_REPORT:
        this.lights = data[0];
        return new Uint8Array();
      default:
        if ((bmRequestType & 0x80) === 0) return new Uint8Array();
        throw new UsbTransferError("stall", "The keyboard does not know this request.");
    }
  }

  async transferIn(_endpoint: number, _length: number, signal: AbortSignal): Promise<Uint8Array> {
    while (this.#reports.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
      // A report that nobody takes stays for the next transfer.
      signal.throwIfAborted();
    }
    return this.#reports.shift()!;
  }
}
