/**
 * A simulated MyHidDevice, for `board.json` and for the tests. FILL IN: descriptors as `lsusb -v` and
 * `usbhid-dump` show them, and what the device does when it is told.
 */

import {
  defineUsbModel,
  type TransferSignal,
  type UsbDescriptors,
  type UsbDevice,
  type UsbSetup,
  UsbTransferError,
} from "@busbar/model";
import * as v from "valibot";

/** HID 1.11, 6.2.2: eight buttons, two axes, and the maker's feature report. */
const reportDescriptor = Uint8Array.of(
  ...[0x05, 0x01, 0x09, 0x05, 0xa1, 0x01], // Usage Page (Generic Desktop), Usage (Gamepad), Collection (Application)
  ...[0x85, 0x01, 0x05, 0x09, 0x19, 0x01, 0x29, 0x08], // Report ID 1, Usage Page (Button), Usages 1 to 8
  ...[0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08, 0x81, 0x02], // 0 to 1, 8 x 1 bit, Input
  ...[0x05, 0x01, 0x09, 0x30, 0x09, 0x31], // Usage Page (Generic Desktop), X, Y
  ...[0x15, 0x81, 0x25, 0x7f, 0x75, 0x08, 0x95, 0x02, 0x81, 0x02], // -127 to 127, 2 x 8 bits, Input
  ...[0x85, 0x02, 0x06, 0x00, 0xff, 0x09, 0x01], // Report ID 2, Usage Page (Vendor), Usage 1
  ...[0x15, 0x00, 0x25, 0x02, 0x75, 0x08, 0x95, 0x01, 0xb1, 0x02, 0xc0], // 0 to 2, 1 x 8 bits, Feature, End
);

/** USB 2.0, 9.6; HID 1.11, 6.2.1. The vendor id is pid.codes', the product id one that it sets aside for tests. */
const descriptors = (productId: number): UsbDescriptors => ({
  device: Uint8Array.of(
    18,
    1,
    0,
    2,
    0,
    0,
    0,
    64,
    0x09,
    0x12,
    productId & 0xff,
    productId >> 8,
    0,
    1,
    1,
    2,
    3,
    1,
  ),
  configurations: [
    Uint8Array.of(
      ...[9, 2, 34, 0, 1, 1, 0, 0x80, 50],
      ...[9, 4, 0, 0, 1, 3, 0, 0, 0],
      ...[9, 0x21, 0x11, 0x01, 0, 1, 0x22, reportDescriptor.length, 0],
      ...[7, 5, 0x81, 3, 8, 0, 10],
    ),
  ],
  strings: ["Me", "MyHidDevice", "1"],
});

/** The device, and somebody who presses button 1, pushes the stick, and lets go as soon as it reports. */
export class MyHidDeviceModel implements UsbDevice {
  readonly speed = "full";
  readonly descriptors: UsbDescriptors;
  /** Each mode that it was told, in order. */
  readonly modes: number[] = [];
  readonly #reports: Uint8Array[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(productId = 0x0001) {
    this.descriptors = descriptors(productId);
  }

  control({ bmRequestType, bRequest, wValue }: UsbSetup, data: Uint8Array): Uint8Array {
    // GET_DESCRIPTOR of the report descriptor, SET_IDLE, SET_REPORT of feature report 2: HID 1.11, 7.1 and 7.2.
    if (bmRequestType === 0x81 && bRequest === 0x06 && wValue === 0x2200) return reportDescriptor;
    if (bmRequestType === 0x21 && bRequest === 0x0a) return new Uint8Array();
    if (bmRequestType !== 0x21 || bRequest !== 0x09 || wValue !== 0x0302) {
      throw new UsbTransferError("stall", "There is no such request.");
    }
    this.modes.push(data[1]!);
    if (data[1] !== 0) this.#report([1, 0x01, 0, 0], [1, 0x01, 100, 0x81], [1, 0, 0, 0]);
    return new Uint8Array();
  }

  async transferIn(_endpoint: number, _length: number, signal: TransferSignal): Promise<Uint8Array> {
    while (this.#reports.length === 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      signal.addEventListener("abort", () => resolve(), { once: true });
      await promise;
      this.#waiting.delete(resolve);
      // A report that nobody takes stays for the next transfer.
      signal.throwIfAborted();
    }
    return this.#reports.shift()!;
  }

  #report(...reports: number[][]): void {
    this.#reports.push(...reports.map((bytes) => Uint8Array.from(bytes)));
    for (const go of this.#waiting) go();
  }
}

/** The model that `board.json` names. */
export default defineUsbModel(v.strictObject({}), () => new MyHidDeviceModel());
