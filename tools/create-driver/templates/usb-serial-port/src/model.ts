/**
 * A simulated MySerialPort that sends back what it is sent, for `board.json` and for the tests. FILL IN: descriptors and
 * requests as the data sheet has them, or as `lsusb -v` shows them.
 */

import {
  defineUsbModel,
  encodeConfiguration,
  encodeDeviceDescriptor,
  encodeEndpointDescriptor,
  encodeInterfaceDescriptor,
  type TransferSignal,
  type UsbDescriptors,
  type UsbDevice,
  type UsbSetup,
  UsbTransferError,
} from "@busbar/model";
import * as v from "valibot";

/** What it holds before the host has to wait. */
const BUFFER_BYTES = 4096;
const BULK = 2;
const bulk = (bEndpointAddress: number) =>
  encodeEndpointDescriptor({ bEndpointAddress, bmAttributes: BULK, wMaxPacketSize: 64, bInterval: 0 });

/** pid.codes' vendor id, and a product id that it sets aside for tests. */
const descriptors: UsbDescriptors = {
  device: encodeDeviceDescriptor({
    bcdUSB: 0x0200,
    bDeviceClass: 0,
    bDeviceSubClass: 0,
    bDeviceProtocol: 0,
    bMaxPacketSize0: 64,
    idVendor: 0x1209,
    idProduct: 0x0001,
    bcdDevice: 0x0100,
    iManufacturer: 1,
    iProduct: 2,
    iSerialNumber: 3,
    bNumConfigurations: 1,
  }),
  configurations: [
    encodeConfiguration(
      { bNumInterfaces: 1, bConfigurationValue: 1, iConfiguration: 0, bmAttributes: 0x80, bMaxPower: 50 },
      [
        encodeInterfaceDescriptor({
          bInterfaceNumber: 0,
          bAlternateSetting: 0,
          bNumEndpoints: 2,
          bInterfaceClass: 0xff,
          bInterfaceSubClass: 0,
          bInterfaceProtocol: 0,
          iInterface: 0,
        }),
        bulk(0x81),
        bulk(0x01),
      ],
    ),
  ],
  strings: ["Me", "MySerialPort", "1"],
};

/** The device: what it is sent on endpoint 0x01 comes back on 0x81. */
export class MySerialPortModel implements UsbDevice {
  readonly speed = "full";
  readonly descriptors = descriptors;
  /** The bytes of the latest "set line" request. */
  line = new Uint8Array();
  /** The latest control signals. */
  signals = 0;
  /** Each begin (1) and end (0) of a break. */
  readonly breaks: number[] = [];
  #bytes: number[] = [];
  readonly #waiting = new Set<() => void>();

  control({ bmRequestType, bRequest, wValue }: UsbSetup, data: Uint8Array): Uint8Array {
    // Vendor requests to an interface, in OUT and in IN direction.
    if (bmRequestType === 0x41 && bRequest === 0x01) this.line = Uint8Array.from(data);
    else if (bmRequestType === 0x41 && bRequest === 0x02) this.signals = wValue;
    else if (bmRequestType === 0x41 && bRequest === 0x03) this.breaks.push(wValue);
    else if (bmRequestType === 0xc1 && bRequest === 0x04)
      return Uint8Array.of(this.signals & 0x01 ? 0x03 : 0);
    else throw new UsbTransferError("stall", "There is no such request.");
    return new Uint8Array();
  }

  async transferIn(_endpoint: number, length: number, signal: TransferSignal): Promise<Uint8Array> {
    while (this.#bytes.length === 0) await this.#change(signal);
    const taken = Uint8Array.from(this.#bytes.splice(0, length));
    this.#tell();
    return taken;
  }

  async transferOut(_endpoint: number, data: Uint8Array, signal: TransferSignal): Promise<number> {
    while (this.#bytes.length > 0 && this.#bytes.length + data.length > BUFFER_BYTES)
      await this.#change(signal);
    this.#bytes.push(...data);
    this.#tell();
    return data.length;
  }

  detached(): void {
    this.#bytes = [];
  }

  #tell(): void {
    for (const go of this.#waiting) go();
  }

  /** Waits until bytes come or go. @throws the signal's reason when the host gives up */
  async #change(signal: TransferSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    signal.addEventListener("abort", () => resolve(), { once: true });
    await promise;
    this.#waiting.delete(resolve);
    signal.throwIfAborted();
  }
}

/** The model that `board.json` names. */
export default defineUsbModel(v.strictObject({}), () => new MySerialPortModel());
