/** Controllers for the simulated USB: what their firmware would do. */

import { Change } from "@busbar/sim";
import {
  encodeConfiguration,
  encodeDeviceDescriptor,
  encodeEndpointDescriptor,
  encodeInterfaceDescriptor,
  type UsbDescriptors,
  type UsbDevice,
  type UsbSetup,
  UsbTransferError,
} from "@busbar/sim/usbip";

const INTERRUPT = 3;

function descriptorsOf(
  subclass: number,
  protocol: number,
  idProduct: number,
  product: string,
): UsbDescriptors {
  const endpoint = (bEndpointAddress: number) =>
    encodeEndpointDescriptor({ bEndpointAddress, bmAttributes: INTERRUPT, wMaxPacketSize: 64, bInterval: 4 });
  return {
    device: encodeDeviceDescriptor({
      bcdUSB: 0x0200,
      bDeviceClass: 0xff,
      bDeviceSubClass: 0xff,
      bDeviceProtocol: 0xff,
      bMaxPacketSize0: 64,
      idVendor: 0x045e,
      idProduct,
      bcdDevice: 0x0114,
      iManufacturer: 1,
      iProduct: 2,
      iSerialNumber: 0,
      bNumConfigurations: 1,
    }),
    configurations: [
      encodeConfiguration(
        { bNumInterfaces: 1, bConfigurationValue: 1, iConfiguration: 0, bmAttributes: 0xa0, bMaxPower: 250 },
        [
          encodeInterfaceDescriptor({
            bInterfaceNumber: 0,
            bAlternateSetting: 0,
            bNumEndpoints: 2,
            bInterfaceClass: 0xff,
            bInterfaceSubClass: subclass,
            bInterfaceProtocol: protocol,
            iInterface: 0,
          }),
          endpoint(0x81),
          endpoint(0x02),
        ],
      ),
    ],
    strings: ["Microsoft", product],
  };
}

/** What both have: messages that wait for the host, and a list of what it sent. */
abstract class XboxModel implements UsbDevice {
  readonly speed = "full";
  abstract readonly descriptors: UsbDescriptors;
  /** What the host sent, as hex. */
  readonly sent: string[] = [];
  protected readonly messages: Uint8Array[] = [];
  readonly #change = new Change();

  abstract control(setup: UsbSetup): Uint8Array;

  /** Says something. */
  say(message: Uint8Array): void {
    this.messages.push(message);
    this.#change.tell();
  }

  async transferIn(_endpoint: number, _length: number, signal: AbortSignal): Promise<Uint8Array> {
    while (this.messages.length === 0) await this.#change.wait(signal);
    return this.messages.shift()!;
  }

  async transferOut(_endpoint: number, data: Uint8Array): Promise<number> {
    this.sent.push(Buffer.from(data).toString("hex"));
    this.told(data);
    return data.length;
  }

  protected told(_data: Uint8Array): void {}
}

/** Another maker's Xbox 360 controller: it says nothing before it is woken. */
export class Xbox360Model extends XboxModel {
  readonly descriptors = descriptorsOf(0x5d, 0x01, 0x028e, "Controller");
  #isAwake = false;

  control({ bmRequestType, bRequest, wValue }: UsbSetup): Uint8Array {
    if (bmRequestType !== 0xc1 || bRequest !== 1 || wValue !== 0x0100) {
      throw new UsbTransferError("stall", "The controller does not know this request.");
    }
    this.#isAwake = true;
    return new Uint8Array(20);
  }

  override say(message: Uint8Array): void {
    if (this.#isAwake) super.say(message);
  }
}

/** An Xbox One controller: it says nothing before it is switched on, and repeats what is not acknowledged. */
export class XboxOneModel extends XboxModel {
  readonly descriptors = descriptorsOf(0x47, 0xd0, 0x02dd, "Controller");
  #isOn = false;
  #unanswered: Uint8Array | undefined;

  control(): Uint8Array {
    throw new UsbTransferError("stall", "The controller knows no requests.");
  }

  override say(message: Uint8Array): void {
    if (!this.#isOn) return;
    if ((message[1]! & 0x10) !== 0) this.#unanswered = message;
    super.say(message);
  }

  override async transferIn(endpoint: number, length: number, signal: AbortSignal): Promise<Uint8Array> {
    if (this.messages.length === 0 && this.#unanswered !== undefined) return this.#unanswered;
    return super.transferIn(endpoint, length, signal);
  }

  protected override told([command, , sequence]: Uint8Array): void {
    if (command === 0x05) this.#isOn = true;
    if (command === 0x01 && sequence === this.#unanswered?.[2]) this.#unanswered = undefined;
  }
}
