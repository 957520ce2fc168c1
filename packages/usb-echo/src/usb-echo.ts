/**
 * Devices that send back what they are sent: the Linux kernel's loopback gadget (drivers/usb/gadget/function/f_loopback.c),
 * test firmware, the simulator's echo. There is no specification: a pair of bulk or interrupt endpoints is all.
 */

import {
  DriverError,
  type EndpointDescriptor,
  endpointDirection,
  endpointType,
  type InterfaceDescriptor,
  integer,
  type OptionsOf,
  type UsbDevice,
} from "@busbar/guest";

/** What a board file can set. */
export const usbEchoOptions = {
  /** How long a round trip may take, in milliseconds. */
  timeoutMs: integer({ minimum: 1, maximum: 3_600_000 }, 5000),
};

/** What can be set; see `usbEchoOptions`. */
export type UsbEchoOptions = OptionsOf<typeof usbEchoOptions>;

/** A pair of endpoints. */
export type Pipe = "bulk" | "interrupt";

/** Which device this is; texts are empty where the device gives none. */
export interface UsbEchoInfo {
  readonly vendorId: number;
  readonly productId: number;
  readonly vendor: string;
  readonly product: string;
  readonly serialNumber: string;
  readonly pipes: Pipe[];
}

interface EndpointPair {
  readonly in: EndpointDescriptor;
  readonly out: EndpointDescriptor;
}

const pipes = ["bulk", "interrupt"] as const;
const longestRoundTrip = 65_536;

/** Zero-length packets in a row that a read puts up with; a device that sends nothing else has no answer. */
const emptyReadsLimit = 4;

/** The driver of one echo device. Every method throws DriverError. */
export class UsbEcho {
  readonly info: UsbEchoInfo;

  readonly #device: UsbDevice;
  readonly #options: UsbEchoOptions;
  readonly #pairs: ReadonlyMap<Pipe, EndpointPair>;

  /** Claims the first interface that has a pair of endpoints. @throws DriverError `wrong-device` when none has */
  constructor(device: UsbDevice, _time: unknown, options: UsbEchoOptions) {
    this.#device = device;
    this.#options = options;
    const found = device.configuration.interfaces
      .map((each) => ({ number: each.interfaceNumber, setting: each.alternateSetting, pairs: pairsOf(each) }))
      .find(({ pairs }) => pairs.size > 0);
    if (found === undefined) {
      throw DriverError.wrongDevice(
        "The device has no pair of bulk or interrupt endpoints; correct the device or the driver in the board file.",
      );
    }
    this.#pairs = found.pairs;
    device.claim(found.number);
    if (found.setting !== 0) device.setAlternateSetting(found.number, found.setting);
    const { vendorId, productId, manufacturerIndex, productIndex, serialNumberIndex } = device.descriptor;
    this.info = {
      vendorId,
      productId,
      vendor: device.readString(manufacturerIndex),
      product: device.readString(productIndex),
      serialNumber: device.readString(serialNumberIndex),
      pipes: [...found.pairs.keys()],
    };
  }

  /**
   * Sends `data` and returns what comes back.
   *
   * @param data 1 to 65536 bytes
   * @throws DriverError `protocol` when more comes back than was sent, or nothing but empty packets
   */
  roundTrip(pipe: Pipe, data: Uint8Array): Uint8Array {
    if (data.length < 1 || data.length > longestRoundTrip) {
      throw DriverError.invalidArgument(
        `A round trip has 1 to ${longestRoundTrip} bytes, not ${data.length}.`,
      );
    }
    const pair = this.#pairs.get(pipe);
    if (pair === undefined) throw DriverError.unsupported(`The device has no ${pipe} endpoints.`);
    // The read is under way before there is anything to read, so that the device never waits for it.
    const reading = this.#read(pipe, pair.in, data.length);
    try {
      this.#write(pipe, pair.out, data);
    } catch (error) {
      reading[Symbol.dispose]();
      throw error;
    }
    return this.#collect(pipe, pair.in, data.length, reading.wait());
  }

  /**
   * `count` round trips of `length` bytes, each with other bytes.
   *
   * @throws DriverError `protocol` as soon as other bytes come back than were sent
   */
  run(pipe: Pipe, length: number, count: number): void {
    const data = new Uint8Array(length);
    for (let trip = 0; trip < count; trip += 1) {
      fill(data, trip);
      const back = this.roundTrip(pipe, data);
      const wrong = firstDifference(data, back);
      if (wrong >= 0) {
        throw DriverError.protocol(
          `In round trip ${trip} the device sent back ${back[wrong]} instead of ${data[wrong]} at byte ${wrong}.`,
        );
      }
    }
  }

  /** Gives the device back. Closing twice is legal. */
  close(): void {
    this.#device.close();
  }

  #read(pipe: Pipe, endpoint: EndpointDescriptor, length: number) {
    // Whole packets: a device that sends a packet too long for the rest of the buffer makes an overflow.
    const packet = packetBytes(endpoint);
    const whole = Math.ceil(length / packet) * packet;
    return this.#device.submitIn(endpoint.endpointAddress, whole, this.#options.timeoutMs, pipe);
  }

  #write(pipe: Pipe, endpoint: EndpointDescriptor, data: Uint8Array): void {
    const { endpointAddress } = endpoint;
    const sent = this.#device.submitOut(endpointAddress, data, this.#options.timeoutMs, pipe).wait().length;
    if (sent !== data.length) {
      throw DriverError.protocol(`The device took ${sent} of ${data.length} bytes; open it again.`);
    }
    if (data.length % packetBytes(endpoint) !== 0) return;
    // A transfer of whole packets has no end that the device could see: USB 2.0 section 5.8.3.
    this.#device.submitOut(endpointAddress, new Uint8Array(), this.#options.timeoutMs, pipe).wait();
  }

  /** The gadget sends in pieces of its own, and a zero-length packet after a piece that ends on a packet's boundary. */
  #collect(pipe: Pipe, endpoint: EndpointDescriptor, length: number, first: Uint8Array): Uint8Array {
    if (first.length === length) return first;
    const whole = new Uint8Array(length);
    let received = 0;
    let emptyReads = 0;
    for (let piece = first; ; ) {
      if (received + piece.length > length) {
        throw DriverError.protocol(`The device sent back more than the ${length} bytes that it was sent.`);
      }
      whole.set(piece, received);
      received += piece.length;
      if (received === length) return whole;
      emptyReads = piece.length === 0 ? emptyReads + 1 : 0;
      if (emptyReads > emptyReadsLimit) {
        throw DriverError.protocol(
          `The device sent back ${received} of ${length} bytes, and then only empty packets.`,
        );
      }
      piece = this.#read(pipe, endpoint, length - received).wait();
    }
  }
}

/** wMaxPacketSize, bits 10 to 0: USB 2.0 table 9-13. */
function packetBytes({ maxPacketSize }: EndpointDescriptor): number {
  return Math.max(maxPacketSize & 0x7ff, 1);
}

function pairsOf({ endpoints }: InterfaceDescriptor): Map<Pipe, EndpointPair> {
  const pairs = new Map<Pipe, EndpointPair>();
  for (const pipe of pipes) {
    const of = (direction: "in" | "out") =>
      endpoints.find((each) => endpointType(each) === pipe && endpointDirection(each) === direction);
    const [input, output] = [of("in"), of("out")];
    if (input !== undefined && output !== undefined) pairs.set(pipe, { in: input, out: output });
  }
  return pairs;
}

/** Where two arrays of the same length differ; -1 where they do not. */
function firstDifference(left: Uint8Array, right: Uint8Array): number {
  for (let index = 0; index < left.length; index += 1) if (left[index] !== right[index]) return index;
  return -1;
}

/** Bytes that differ from one trip to the next, and from one place to the next. */
function fill(data: Uint8Array, trip: number): void {
  let state = (trip + 1) * 0x9e37_79b9;
  for (let index = 0; index < data.length; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    data[index] = state >>> 24;
  }
}
