/** A serial port that describes itself as a test wants it to. */

import {
  ByteFifo,
  encodeDeviceDescriptor,
  noEndpoint,
  requestName,
  type UsbDescriptors,
  type UsbDevice,
  type UsbSetup,
  unanswered,
} from "@busbar/model";

/** What to build it from. */
export interface DescribedPortOptions {
  /** The configuration descriptor with everything that follows it, as it is. */
  readonly configuration: Uint8Array;
  /** Default: 0x1209, pid.codes. */
  readonly vendorId?: number;
  /** Default: 2, which pid.codes sets aside for tests. */
  readonly productId?: number;
}

/** bmAttributes, bits 1 to 0: USB 2.0 table 9-13. */
const BULK = 2;
const ENDPOINT = 5;

const BUFFER_BYTES = 4096;
const NOTHING = new Uint8Array();
/** 9600 baud, 8 data bits, no parity, 1 stop bit: PSTN 1.2 table 17. */
const LINE_CODING = Uint8Array.of(0x80, 0x25, 0, 0, 0, 0, 8);

/**
 * Sends back what each of its bulk OUT endpoints is sent on the bulk IN endpoint that is described in the same place among
 * its kind: the first OUT on the first IN. Interrupt endpoints have nothing to say.
 */
export class DescribedPort implements UsbDevice {
  readonly speed = "full";
  readonly descriptors: UsbDescriptors;
  /** The class requests that came: "21/22 0003 0000" for bmRequestType, bRequest, wValue and wIndex. */
  readonly requests: string[] = [];
  /** By endpoint address. */
  readonly #data = new Map<number, ByteFifo>();

  constructor({ configuration, vendorId = 0x1209, productId = 0x0002 }: DescribedPortOptions) {
    this.descriptors = {
      device: encodeDeviceDescriptor({
        bcdUSB: 0x0200,
        bDeviceClass: 0,
        bDeviceSubClass: 0,
        bDeviceProtocol: 0,
        bMaxPacketSize0: 64,
        idVendor: vendorId,
        idProduct: productId,
        bcdDevice: 0x0100,
        iManufacturer: 0,
        iProduct: 0,
        iSerialNumber: 0,
        bNumConfigurations: 1,
      }),
      configurations: [configuration],
      strings: [],
    };
    const bulk = bulkEndpointsOf(configuration);
    const inputs = bulk.filter((address) => address >= 0x80);
    for (const [index, output] of bulk.filter((address) => address < 0x80).entries()) {
      const fifo = new ByteFifo(BUFFER_BYTES);
      this.#data.set(output, fifo);
      const input = inputs[index];
      if (input !== undefined) this.#data.set(input, fifo);
    }
  }

  control(setup: UsbSetup): Uint8Array {
    this.requests.push(`${requestName(setup)} ${hexWord(setup.wValue)} ${hexWord(setup.wIndex)}`);
    return (setup.bmRequestType & 0x80) === 0 ? NOTHING : LINE_CODING;
  }

  async transferIn(endpoint: number, length: number, signal: AbortSignal): Promise<Uint8Array> {
    const fifo = this.#data.get(endpoint);
    return fifo === undefined ? await unanswered(signal) : await fifo.read(length, signal);
  }

  async transferOut(endpoint: number, data: Uint8Array, signal: AbortSignal): Promise<number> {
    const fifo = this.#data.get(endpoint);
    if (fifo === undefined) throw noEndpoint();
    return await fifo.write(data, signal);
  }
}

/** Addresses of the bulk endpoints, each once, in the order of the descriptors. */
function bulkEndpointsOf(configuration: Uint8Array): number[] {
  const found = new Set<number>();
  for (let offset = 0; offset + 1 < configuration.length; ) {
    const length = configuration[offset]!;
    if (length < 2) break;
    const [, type, address, attributes] = configuration.subarray(offset, offset + length);
    if (type === ENDPOINT && attributes !== undefined && (attributes & 0x03) === BULK) found.add(address!);
    offset += length;
  }
  return [...found];
}

function hexWord(value: number): string {
  return value.toString(16).padStart(4, "0");
}
