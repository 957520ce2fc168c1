import {
  bulkEndpoint,
  Change,
  defineUsbModel,
  deviceDescriptors,
  encodeConfiguration,
  encodeInterfaceDescriptor,
  interruptEndpoint,
  noEndpoint,
  stall,
  type TransferSignal,
  type UsbDescriptors,
  type UsbDevice,
  usbSerialNumber,
} from "@busbar/model";
import * as v from "valibot";

/** pid.codes' vendor id, and a product id that it sets aside for tests. */
const VENDOR_ID = 0x1209;
const PRODUCT_ID = 0x0001;

/** What a model of real firmware holds at most before it keeps the host waiting. */
const BUFFER_BYTES = 1024 * 1024;

/** What to build an echo from. */
export interface UsbEchoOptions {
  /** Tells echoes apart. Default: "1". */
  readonly serialNumber?: string;
}

/** Sends back what it is sent, transfer by transfer: bulk on 0x01 and 0x81, interrupt on 0x02 and 0x82. */
export class UsbEcho implements UsbDevice {
  readonly speed = "high";
  readonly descriptors: UsbDescriptors;
  readonly #pipes = new Map([
    [1, new EchoPipe()],
    [2, new EchoPipe()],
  ]);

  constructor(options: UsbEchoOptions = {}) {
    this.descriptors = deviceDescriptors(
      {
        idVendor: VENDOR_ID,
        idProduct: PRODUCT_ID,
        manufacturer: "Busbar",
        product: "echo",
        serialNumber: options.serialNumber ?? "1",
      },
      encodeConfiguration(
        { bNumInterfaces: 1, bConfigurationValue: 1, iConfiguration: 0, bmAttributes: 0x80, bMaxPower: 50 },
        [
          encodeInterfaceDescriptor({
            bInterfaceNumber: 0,
            bAlternateSetting: 0,
            bNumEndpoints: 4,
            bInterfaceClass: 0xff,
            bInterfaceSubClass: 0,
            bInterfaceProtocol: 0,
            iInterface: 0,
          }),
          bulkEndpoint(0x81, 512),
          bulkEndpoint(0x01, 512),
          interruptEndpoint(0x82, 64, 4),
          interruptEndpoint(0x02, 64, 4),
        ],
      ),
    );
  }

  control(): never {
    throw stall("The echo knows no class or vendor requests.");
  }

  transferIn(address: number, length: number, signal: TransferSignal): Promise<Uint8Array> {
    return this.#pipe(address).read(length, signal);
  }

  async transferOut(address: number, data: Uint8Array, signal: TransferSignal): Promise<number> {
    await this.#pipe(address).write(data, signal);
    return data.length;
  }

  configured(): void {
    for (const pipe of this.#pipes.values()) pipe.clear();
  }

  detached(): void {
    for (const pipe of this.#pipes.values()) pipe.clear();
  }

  #pipe(address: number): EchoPipe {
    const pipe = this.#pipes.get(address & 0x0f);
    if (pipe === undefined) throw noEndpoint();
    return pipe;
  }
}

/** What was written and not yet read, in order. */
class EchoPipe {
  readonly #chunks: Uint8Array[] = [];
  #bytes = 0;
  readonly #change = new Change();

  async write(data: Uint8Array, signal: TransferSignal): Promise<void> {
    while (this.#bytes > 0 && this.#bytes + data.length > BUFFER_BYTES) await this.#change.wait(signal);
    this.#chunks.push(data);
    this.#bytes += data.length;
    this.#change.tell();
  }

  /** One transfer's data, or its first `length` bytes. */
  async read(length: number, signal: TransferSignal): Promise<Uint8Array> {
    while (this.#chunks.length === 0) await this.#change.wait(signal);
    const chunk = this.#chunks[0]!;
    const read = chunk.subarray(0, length);
    if (read.length === chunk.length) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(length);
    this.#bytes -= read.length;
    this.#change.tell();
    return read;
  }

  clear(): void {
    this.#chunks.length = 0;
    this.#bytes = 0;
    this.#change.tell();
  }
}

/** The model "usb-echo" of the board file. */
export default defineUsbModel(
  v.strictObject({ serialNumber: v.optional(usbSerialNumber, "1") }),
  (parameters) => new UsbEcho(parameters),
);
