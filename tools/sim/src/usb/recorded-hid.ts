/**
 * Any device with interrupt endpoints, made of what was recorded of one: its descriptors, its feature reports, and the
 * packets that it sends. For the device of a bug report, of a dump, or of a test that needs a broken one.
 *
 * Behaves as Linux' HID gadget (f_hid) does where a guess would be wrong: GET_IDLE answers 1 before SET_IDLE, which
 * repeats nothing, and a report that fills its packets is followed by an empty packet.
 */

import {
  Change,
  stall,
  type UsbDescriptors,
  type UsbDevice,
  type UsbSetup,
  type UsbTransferError,
} from "@busbar/model";

/** bmRequestType and bRequest: HID 1.11 sections 7.1 and 7.2. */
const GET_DESCRIPTOR = 0x8106;
const GET_REPORT = 0xa101;
const GET_IDLE = 0xa102;
const GET_PROTOCOL = 0xa103;
const SET_REPORT = 0x2109;
const SET_IDLE = 0x210a;
const SET_PROTOCOL = 0x210b;

const DESCRIPTOR_HID = 0x21;
const DESCRIPTOR_REPORT = 0x22;
/** bInterfaceSubClass of those with a boot protocol (section 4.2). */
const BOOT = 1;
const FULL_SPEED_PACKET = 64;
const NOTHING = new Uint8Array();

/** What was recorded of a device. */
export interface RecordedHidOptions {
  /** idVendor; 0x1209 where it is left out. */
  readonly vendorId?: number | undefined;
  /** idProduct; 1 where it is left out. */
  readonly productId?: number | undefined;
  /** The report descriptor that it sends; empty where it is no HID device. */
  readonly reportDescriptor?: Uint8Array | undefined;
  /** wDescriptorLength in its HID descriptor, where that is another number than it sends. */
  readonly claimedLength?: number | undefined;
  /** bInterfaceSubClass: 1 for a boot interface. */
  readonly subclass?: number | undefined;
  /** bInterfaceProtocol: 1 for a keyboard, 2 for a mouse. */
  readonly protocol?: number | undefined;
  /** Whether it has an interrupt OUT endpoint. */
  readonly hasOutput?: boolean | undefined;
  /** wMaxPacketSize of its endpoints, 1 to 64; 64 where it is left out. */
  readonly packetSize?: number | undefined;
  /** What it answers to GET_REPORT, by wValue: 0x0305 is feature report 5. It refuses all others. */
  readonly reports?: ReadonlyMap<number, Uint8Array> | undefined;
  /** Its configuration descriptor with all that follows, in place of the one that the rest makes. */
  readonly configuration?: Uint8Array | undefined;
  /** Whether an empty packet follows a report that fills its packets; true where it is left out. */
  readonly endsFullReports?: boolean | undefined;
}

/** A device that was recorded. */
export class RecordedHid implements UsbDevice {
  readonly speed = "full";
  readonly descriptors: UsbDescriptors;
  /** What the host sent by SET_REPORT or to an OUT endpoint. */
  readonly sent: Uint8Array[] = [];
  readonly #options: RecordedHidOptions;
  readonly #packetSize: number;
  /** Not yet fetched, each at most a packet long. */
  readonly #packets: Uint8Array[] = [];
  readonly #changed = new Change();
  #idle = 1;
  #protocol = 1;

  constructor(options: RecordedHidOptions) {
    this.#options = options;
    this.#packetSize = options.packetSize ?? FULL_SPEED_PACKET;
    const { vendorId = 0x1209, productId = 1 } = options;
    const word = (value: number) => [value & 0xff, value >> 8];
    this.descriptors = {
      device: Uint8Array.of(
        ...[18, 1, 0, 2, 0, 0, 0, 64],
        ...word(vendorId),
        ...word(productId),
        ...[0, 1, 1, 2, 3, 1],
      ),
      configurations: [options.configuration ?? configurationOf(options, this.#packetSize)],
      strings: ["Maker", "Recorded device", "1"],
    };
  }

  /** Which protocol the host chose. */
  get protocol(): "boot" | "report" {
    return this.#protocol === 0 ? "boot" : "report";
  }

  /** Sends a report, in as many packets as it needs. */
  report(bytes: Uint8Array): void {
    for (let offset = 0; offset < bytes.length; offset += this.#packetSize) {
      this.#packets.push(bytes.slice(offset, offset + this.#packetSize));
    }
    const fillsItsPackets = bytes.length % this.#packetSize === 0;
    if (fillsItsPackets && (this.#options.endsFullReports ?? true)) this.#packets.push(NOTHING);
    this.#changed.tell();
  }

  control({ bmRequestType, bRequest, wValue }: UsbSetup, data: Uint8Array): Uint8Array {
    const { reportDescriptor = NOTHING, reports, subclass } = this.#options;
    switch ((bmRequestType << 8) | bRequest) {
      case GET_DESCRIPTOR:
        if (wValue >> 8 === DESCRIPTOR_REPORT) return reportDescriptor;
        if (wValue >> 8 === DESCRIPTOR_HID) return hidDescriptor(this.#options);
        throw refused();
      case GET_REPORT:
        return reports?.get(wValue) ?? refuse();
      case SET_REPORT:
        this.sent.push(data);
        return NOTHING;
      case GET_IDLE:
        return Uint8Array.of(this.#idle);
      case SET_IDLE:
        this.#idle = wValue >> 8;
        return NOTHING;
      case GET_PROTOCOL:
        return Uint8Array.of(this.#protocol);
      case SET_PROTOCOL:
        if (subclass !== BOOT || wValue > 1) throw refused();
        this.#protocol = wValue;
        return NOTHING;
      default:
        throw refused();
    }
  }

  async transferIn(_endpoint: number, length: number, signal: AbortSignal): Promise<Uint8Array> {
    const received: number[] = [];
    for (;;) {
      while (this.#packets.length === 0) {
        // A host that gives up gets the packets that have come.
        await this.#changed.wait(signal).catch((error: unknown) => {
          if (received.length === 0) throw error;
        });
        if (signal.aborted) return Uint8Array.from(received);
      }
      const packet = this.#packets.shift()!;
      received.push(...packet);
      // USB 2.0 section 5.7.3: a transfer ends with a packet that is not full, or when it is full itself.
      if (packet.length < this.#packetSize || received.length >= length) return Uint8Array.from(received);
    }
  }

  async transferOut(_endpoint: number, data: Uint8Array): Promise<number> {
    this.sent.push(data);
    return data.length;
  }

  configured(): void {
    this.detached();
  }

  detached(): void {
    this.#packets.length = 0;
    this.#idle = 1;
    this.#protocol = 1;
  }
}

function hidDescriptor({ reportDescriptor = NOTHING, claimedLength }: RecordedHidOptions): Uint8Array {
  const length = claimedLength ?? reportDescriptor.length;
  return Uint8Array.of(9, DESCRIPTOR_HID, 0x11, 0x01, 0, 1, DESCRIPTOR_REPORT, length & 0xff, length >> 8);
}

function configurationOf(options: RecordedHidOptions, packetSize: number): Uint8Array {
  const { hasOutput = false, protocol = 0, subclass = 0 } = options;
  const endpoint = (address: number) => [7, 5, address, 3, packetSize, 0, 4];
  const rest = [
    ...[9, 4, 0, 0, hasOutput ? 2 : 1, 3, subclass, protocol, 0],
    ...hidDescriptor(options),
    ...endpoint(0x81),
    ...(hasOutput ? endpoint(0x02) : []),
  ];
  return Uint8Array.of(9, 2, 9 + rest.length, 0, 1, 1, 0, 0x80, 50, ...rest);
}

function refused(): UsbTransferError {
  return stall("The device does not know this request.");
}

function refuse(): never {
  throw refused();
}
