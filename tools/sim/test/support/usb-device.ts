import {
  encodeConfiguration,
  encodeDeviceDescriptor,
  encodeEndpointDescriptor,
  encodeInterfaceDescriptor,
  type UsbDevice,
  type UsbSetup,
  UsbTransferError,
} from "../../src/usbip/index.ts";

const strings = ["Busbar", "test device"];

function interfaceDescriptor(alternateSetting: number, endpoints: number): Uint8Array {
  return encodeInterfaceDescriptor({
    bInterfaceNumber: 0,
    bAlternateSetting: alternateSetting,
    bNumEndpoints: endpoints,
    bInterfaceClass: 0xff,
    bInterfaceSubClass: 1,
    bInterfaceProtocol: 2,
    iInterface: 0,
  });
}

function endpoint(bEndpointAddress: number, bmAttributes: number): Uint8Array {
  return encodeEndpointDescriptor({ bEndpointAddress, bmAttributes, wMaxPacketSize: 64, bInterval: 8 });
}

/**
 * A device with an interrupt IN endpoint, 0x81, that answers when the test lets it; a bulk OUT endpoint, 0x02, that
 * keeps what it gets; and a bulk IN endpoint, 0x82, that does whatever `bulkIn` does.
 */
export class TestDevice implements UsbDevice {
  readonly speed = "full";
  readonly descriptors = {
    device: encodeDeviceDescriptor({
      bcdUSB: 0x0200,
      bDeviceClass: 0,
      bDeviceSubClass: 0,
      bDeviceProtocol: 0,
      bMaxPacketSize0: 64,
      idVendor: 0x1209,
      idProduct: 0x0001,
      bcdDevice: 0x0123,
      iManufacturer: 1,
      iProduct: 2,
      iSerialNumber: 0,
      bNumConfigurations: 1,
    }),
    configurations: [
      encodeConfiguration(
        { bNumInterfaces: 1, bConfigurationValue: 7, iConfiguration: 0, bmAttributes: 0xc0, bMaxPower: 50 },
        [
          interfaceDescriptor(0, 3),
          endpoint(0x81, 3),
          endpoint(0x02, 2),
          endpoint(0x82, 2),
          interfaceDescriptor(1, 0),
        ],
      ),
    ],
    strings,
  };
  /** What the host did, in order. */
  readonly events: string[] = [];
  readonly written: Uint8Array[] = [];
  /** Answers the interrupt transfer at hand. */
  interrupt: ((data: Uint8Array) => void) | undefined;
  bulkIn: (length: number) => Uint8Array = (length) => new Uint8Array(length);

  control(setup: UsbSetup, data: Uint8Array): Uint8Array {
    if ((setup.bmRequestType & 0x60) !== 0x40) throw new UsbTransferError("stall", "vendor requests only");
    if (setup.bRequest === 99) throw new Error("a bug in the model");
    if (data.length > 0) this.written.push(data);
    return Uint8Array.of(setup.bRequest, setup.wValue & 0xff, 3, 4, 5, 6);
  }

  transferIn(address: number, length: number, signal: AbortSignal): Promise<Uint8Array> {
    if (address === 0x82) return Promise.resolve().then(() => this.bulkIn(length));
    this.events.push("interrupt begins");
    return new Promise((resolve, reject) => {
      this.interrupt = resolve;
      signal.addEventListener("abort", () => {
        this.events.push("interrupt aborted");
        reject(signal.reason);
      });
    });
  }

  async transferOut(_: number, data: Uint8Array): Promise<number> {
    this.written.push(data);
    return data.length;
  }

  configured(configuration: number): void {
    this.events.push(`configuration ${configuration}`);
  }

  interfaceSet(interfaceNumber: number, alternateSetting: number): void {
    this.events.push(`interface ${interfaceNumber} setting ${alternateSetting}`);
  }

  haltCleared(address: number): void {
    this.events.push(`halt cleared ${address}`);
  }

  detached(): void {
    this.events.push("detached");
  }
}
