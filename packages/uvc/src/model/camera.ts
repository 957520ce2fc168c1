/**
 * A camera of the USB video class: "USB Device Class Definition for Video Devices", revision 1.1, 1 June 2005. Isochronous as
 * most are, or bulk. It sends test pictures in time.
 */

import {
  Change,
  type IsochronousPacket,
  stall,
  type TransferSignal,
  type UsbDescriptors,
  type UsbDevice,
  type UsbModelClock,
  type UsbSetup,
} from "@busbar/model";
import {
  type CameraFormat,
  type CameraSize,
  cameraDescriptors,
  largestPicture,
  STREAMING_INTERFACE,
  VIDEO_IN,
} from "./descriptors.ts";
import { idlePayload, payloadsOf } from "./payloads.ts";
import { jpegPicture, yuy2Picture } from "./picture.ts";

/** bmRequestType of the class's requests to an interface, and bRequest: A.8. */
const TO_INTERFACE = 0x21;
const FROM_INTERFACE = 0xa1;
const SET_CUR = 0x01;
const GET_CUR = 0x81;
const GET_MIN = 0x82;
const GET_MAX = 0x83;
const GET_LEN = 0x85;
const GET_INFO = 0x86;
const GET_DEF = 0x87;

/** Control selectors: A.9.7. */
const VS_PROBE_CONTROL = 0x01;
const VS_COMMIT_CONTROL = 0x02;
/** Table 4-47: so long since revision 1.1. */
const PROBE_BYTES = 34;
const SHORTEST_PROBE_BYTES = 26;
/** GET_INFO: D0 GET, D1 SET. Table 4-3. */
const CAN_GET_AND_SET = 0x03;

/** dwMaxPayloadTransferSize: setting 2 has room for it, and setting 1 has not. */
const ISOCHRONOUS_PAYLOAD = 1024;
const BULK_PAYLOAD = 16_384;

const MICROFRAME_MS = 0.125;
const UNITS_IN_MS = 10_000;
/** The device's clock has 48 MHz. */
const TICKS_IN_UNIT = 4.8;

const NOTHING = new Uint8Array();

/** What the model has where nothing else is said: 30, 25 and 15 pictures a second. */
const FORMATS: readonly CameraFormat[] = [
  {
    encoding: "mjpeg",
    sizes: [
      { width: 640, height: 480, intervals: [333_333, 666_666] },
      { width: 320, height: 240, intervals: [333_333, 400_000] },
    ],
  },
  { encoding: "yuy2", sizes: [{ width: 160, height: 120, intervals: [666_666] }] },
];

/** What to build a camera from. */
export interface UsbCameraOptions {
  readonly clock: UsbModelClock;
  /** How its pictures come. Default: "isochronous". */
  readonly transfer?: "isochronous" | "bulk";
  /** Tells cameras apart. Default: "1". */
  readonly serialNumber?: string;
  /** How long a JPEG picture is, in bytes. Default: 20000. */
  readonly pictureBytes?: number;
  /** What is wrong with a picture: "error" says so in its headers, "lost" loses a packet. Default: nothing, with none. */
  readonly damage?: (picture: number) => "error" | "lost" | undefined;
}

/** What was negotiated: bFormatIndex and bFrameIndex, from 1, and dwFrameInterval. */
interface Chosen {
  readonly format: number;
  readonly frame: number;
  readonly interval: number;
}

/** A payload, and the number of its picture. */
interface NumberedPayload {
  readonly number: number;
  readonly data: Uint8Array;
}

const INITIAL: Chosen = { format: 1, frame: 1, interval: FORMATS[0]!.sizes[0]!.intervals[0]! };

/** A camera. Its pictures begin anew, with number 0, at each start. */
export class UsbCamera implements UsbDevice {
  readonly speed = "high";
  readonly descriptors: UsbDescriptors;
  readonly #clock: UsbModelClock;
  readonly #isBulk: boolean;
  readonly #pictureBytes: number;
  readonly #damage: (picture: number) => "error" | "lost" | undefined;
  readonly #changed = new Change();
  #probed = INITIAL;
  #committed = INITIAL;
  /** What runs now. */
  #packets: Iterator<IsochronousPacket, never> | undefined;
  #payloads: Iterator<NumberedPayload, never> | undefined;
  /** The bulk payload that is being read, and how many of its bytes were. */
  #payload: (NumberedPayload & { taken: number }) | undefined;
  #startMs = 0;
  #sent = 0;

  constructor(options: UsbCameraOptions) {
    const { clock, transfer = "isochronous", serialNumber = "1", pictureBytes = 20_000 } = options;
    this.#clock = clock;
    this.#isBulk = transfer === "bulk";
    this.#pictureBytes = pictureBytes;
    this.#damage = options.damage ?? (() => undefined);
    this.descriptors = cameraDescriptors(FORMATS, transfer, serialNumber);
  }

  /**
   * The picture with a number.
   *
   * @param mode its bFormatIndex and bFrameIndex; without it, those that are committed now
   */
  picture(
    number: number,
    mode: { readonly format: number; readonly frame: number } = this.#committed,
  ): Uint8Array {
    const { encoding, size } = modeOf(mode);
    return encoding === "mjpeg"
      ? jpegPicture(size.width, size.height, number, this.#pictureBytes)
      : yuy2Picture(size.width, size.height, number);
  }

  control(setup: UsbSetup, data: Uint8Array): Uint8Array {
    const selector = setup.wValue >> 8;
    const isStream = (setup.wIndex & 0xff) === STREAMING_INTERFACE && setup.wIndex >> 8 === 0;
    if (!isStream || (selector !== VS_PROBE_CONTROL && selector !== VS_COMMIT_CONTROL)) {
      throw stall(`Interface ${setup.wIndex} has no control ${selector}.`);
    }
    const chosen = selector === VS_PROBE_CONTROL ? this.#probed : this.#committed;
    switch ((setup.bmRequestType << 8) | setup.bRequest) {
      case (TO_INTERFACE << 8) | SET_CUR:
        if (selector === VS_PROBE_CONTROL) this.#probed = probed(data);
        else this.#commit(probed(data));
        return NOTHING;
      case (FROM_INTERFACE << 8) | GET_CUR:
      case (FROM_INTERFACE << 8) | GET_MIN:
      case (FROM_INTERFACE << 8) | GET_MAX:
        return this.#answer(chosen);
      case (FROM_INTERFACE << 8) | GET_DEF:
        return this.#answer(INITIAL);
      case (FROM_INTERFACE << 8) | GET_LEN:
        return Uint8Array.of(PROBE_BYTES, 0);
      case (FROM_INTERFACE << 8) | GET_INFO:
        return Uint8Array.of(CAN_GET_AND_SET);
      default:
        throw stall(`The camera does not know request ${setup.bRequest}.`);
    }
  }

  async isochronousIn(
    endpoint: number,
    lengths: readonly number[],
    signal: TransferSignal,
  ): Promise<IsochronousPacket[]> {
    const packets = this.#packets;
    if (endpoint !== VIDEO_IN || packets === undefined) throw stall("The camera sends nothing now.");
    this.#sent += lengths.length;
    await this.#until(this.#startMs + this.#sent * MICROFRAME_MS, signal);
    return lengths.map(() => packets.next().value);
  }

  async transferIn(endpoint: number, length: number, signal: TransferSignal): Promise<Uint8Array> {
    if (endpoint !== VIDEO_IN || !this.#isBulk) throw stall("The camera has no such endpoint.");
    while (this.#payloads === undefined) await this.#changed.wait(signal);
    const payloads = this.#payloads;
    this.#payload ??= { ...payloads.next().value, taken: 0 };
    const payload = this.#payload;
    await this.#until(this.#startMs + (payload.number * this.#committed.interval) / UNITS_IN_MS, signal);
    const data = payload.data.subarray(payload.taken, payload.taken + length);
    payload.taken += data.length;
    // What fills the transfer has not ended yet, unless it is as long as payloads can be: section 2.4.3.2.1.
    if (data.length < length || payload.taken === BULK_PAYLOAD) this.#payload = undefined;
    return data;
  }

  configured(): void {
    this.#stop();
  }

  interfaceSet(interfaceNumber: number, alternateSetting: number): void {
    if (interfaceNumber !== STREAMING_INTERFACE || this.#isBulk) return;
    this.#stop();
    if (alternateSetting === 0) return;
    this.#begin();
    this.#packets = this.#microframes();
  }

  /** The end of a halt ends a stream of bulk transfers: section 4.3.1.1. */
  haltCleared(): void {
    if (this.#isBulk) this.#stop();
  }

  detached(): void {
    this.#stop();
  }

  #commit(chosen: Chosen): void {
    this.#committed = chosen;
    if (!this.#isBulk) return;
    this.#stop();
    this.#begin();
    this.#payloads = this.#bulkPayloads();
    this.#changed.tell();
  }

  #begin(): void {
    this.#startMs = this.#clock.now();
    this.#sent = 0;
  }

  #stop(): void {
    this.#packets = undefined;
    this.#payloads = undefined;
    this.#payload = undefined;
  }

  async #until(timeMs: number, signal: TransferSignal): Promise<void> {
    const leftMs = timeMs - this.#clock.now();
    if (leftMs > 0) await this.#clock.sleep(leftMs, signal);
  }

  /** One packet a microframe: those of a picture, then bare headers until the next one is due. */
  *#microframes(): Generator<IsochronousPacket, never> {
    const { interval } = this.#committed;
    const perPicture = Math.ceil(interval / UNITS_IN_MS / MICROFRAME_MS);
    for (let number = 0; ; number += 1) {
      const payloads = this.#payloadsOf(number, ISOCHRONOUS_PAYLOAD);
      const lost = this.#damage(number) === "lost" ? payloads.length >> 1 : -1;
      for (const [index, payload] of payloads.entries()) yield index === lost ? "lost" : payload;
      const idle = idlePayload({ number, time: this.#timeOf(number), isDamaged: false });
      for (let left = perPicture - payloads.length; left > 0; left -= 1) yield idle;
    }
  }

  *#bulkPayloads(): Generator<NumberedPayload, never> {
    for (let number = 0; ; number += 1) {
      for (const data of this.#payloadsOf(number, BULK_PAYLOAD)) yield { number, data };
    }
  }

  #payloadsOf(number: number, payloadBytes: number): Uint8Array[] {
    const isDamaged = this.#damage(number) === "error";
    return payloadsOf(this.picture(number), payloadBytes, { number, time: this.#timeOf(number), isDamaged });
  }

  #timeOf(number: number): number {
    return Math.floor(number * this.#committed.interval * TICKS_IN_UNIT) >>> 0;
  }

  /** Table 4-47. */
  #answer({ format, frame, interval }: Chosen): Uint8Array {
    const bytes = new Uint8Array(PROBE_BYTES);
    const view = new DataView(bytes.buffer);
    const { size } = modeOf({ format, frame });
    view.setUint16(0, 1, true); // bmHint: dwFrameInterval
    view.setUint8(2, format); // bFormatIndex
    view.setUint8(3, frame); // bFrameIndex
    view.setUint32(4, interval, true); // dwFrameInterval
    view.setUint16(8, 0, true); // wKeyFrameRate
    view.setUint16(10, 0, true); // wPFrameRate
    view.setUint16(12, 0, true); // wCompQuality
    view.setUint16(14, 0, true); // wCompWindowSize
    view.setUint16(16, 0, true); // wDelay
    view.setUint32(18, Math.max(largestPicture(size), this.#pictureBytes), true); // dwMaxVideoFrameSize
    view.setUint32(22, this.#isBulk ? BULK_PAYLOAD : ISOCHRONOUS_PAYLOAD, true); // dwMaxPayloadTransferSize
    view.setUint32(26, 48_000_000, true); // dwClockFrequency
    view.setUint8(30, 3); // bmFramingInfo: FID and EOF are used
    view.setUint8(31, 1); // bPreferedVersion
    view.setUint8(32, 1); // bMinVersion
    view.setUint8(33, 1); // bMaxVersion
    return bytes;
  }
}

/** What the camera makes of a probe: what it does not have becomes what it has. Section 4.3.1.1. */
function probed(data: Uint8Array): Chosen {
  if (data.length < SHORTEST_PROBE_BYTES) throw stall(`A probe of ${data.length} bytes is too short.`);
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const format = clamped(view.getUint8(2), FORMATS.length);
  const { sizes } = FORMATS[format - 1]!;
  const frame = clamped(view.getUint8(3), sizes.length);
  const { intervals } = sizes[frame - 1]!;
  const asked = view.getUint32(4, true);
  const interval = intervals.toSorted((left, right) => Math.abs(left - asked) - Math.abs(right - asked))[0]!;
  return { format, frame, interval };
}

function modeOf({ format, frame }: Omit<Chosen, "interval">): {
  encoding: CameraFormat["encoding"];
  size: CameraSize;
} {
  const { encoding, sizes } = FORMATS[format - 1]!;
  return { encoding, size: sizes[frame - 1]! };
}

function clamped(index: number, most: number): number {
  return Math.min(Math.max(index, 1), most);
}
