/**
 * The descriptors of a camera: UVC 1.5 section 3. Whatever a device claims, nothing is read past the end of a descriptor, and
 * one that is odd disables what it describes and nothing else.
 */

import {
  type CameraEncoding,
  type ConfigurationBytes,
  type EndpointBytes,
  endpointType,
  type InterfaceBytes,
} from "@busbar/guest";
import { u16, u32 } from "./bytes.ts";
import {
  CC_VIDEO,
  CS_INTERFACE,
  SC_VIDEOCONTROL,
  SC_VIDEOSTREAMING,
  StreamingSubtype,
  VC_HEADER,
} from "./codes.ts";

/** A size of picture of a format: "Motion-JPEG Payload" and "Uncompressed Payload" 1.5, table 3-2 of each. */
export interface FrameDescriptor {
  /** bFrameIndex. */
  readonly index: number;
  /** wWidth, in pixels. */
  readonly width: number;
  /** wHeight, in pixels. */
  readonly height: number;
  /** dwMaxVideoFrameBufferSize, in bytes; 0 where the device does not say. */
  readonly maximumBytes: number;
  /** dwDefaultFrameInterval, in units of 100 ns. */
  readonly defaultInterval: number;
  /** What can be asked for, in units of 100 ns; of a continuous range its ends. */
  readonly intervals: readonly number[];
}

/** A format that this driver knows, and its sizes in the order of the device. */
export interface FormatDescriptor {
  /** bFormatIndex. */
  readonly index: number;
  readonly encoding: CameraEncoding;
  /** bDefaultFrameIndex. */
  readonly defaultFrame: number;
  readonly frames: readonly FrameDescriptor[];
}

/** An endpoint that brings pictures, in one alternate setting. */
export interface StreamEndpoint {
  readonly alternateSetting: number;
  /** bEndpointAddress. */
  readonly address: number;
  readonly type: "isochronous" | "bulk";
  /** The most that it brings in one service interval; of a bulk endpoint, its packet size. In bytes. */
  readonly payloadBytes: number;
  /** bInterval. */
  readonly interval: number;
}

/** A VideoStreaming interface. */
export interface Stream {
  readonly interfaceNumber: number;
  readonly formats: readonly FormatDescriptor[];
  /** All in the order of the alternate settings. */
  readonly endpoints: readonly StreamEndpoint[];
}

/** The video function of a device: UVC 1.5 section 3. */
export interface VideoFunction {
  /** The VideoControl interface. */
  readonly controlInterface: number;
  /** bcdUVC. */
  readonly version: number;
  /** The interfaces of its collection that stream, in their order. */
  readonly streams: readonly Stream[];
}

/** guidFormat of YUY2, "Uncompressed Payload" 1.5 table 2-1: "YUY2", and the tail that all such have. */
const YUY2 = [
  0x59, 0x55, 0x59, 0x32, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71,
] as const;

/** bDescriptorType of a SuperSpeed endpoint companion: USB 3.2 table 9-26. */
const ENDPOINT_COMPANION = 48;

/** Formats or sizes; no camera has so many, and a descriptor could claim thousands. */
const MOST = 64;
/** bFrameIntervalType has eight bits; cameras give up to a dozen. */
const MOST_INTERVALS = 32;

/**
 * Finds the video function of a configuration.
 *
 * @returns undefined where there is no VideoControl interface
 */
export function findVideoFunction(configuration: ConfigurationBytes): VideoFunction | undefined {
  const { interfaces } = configuration;
  const control = interfaces.find((each) => each.class === CC_VIDEO && each.subclass === SC_VIDEOCONTROL);
  if (control === undefined) return undefined;
  const header = classDescriptors(control).find((each) => each[2] === VC_HEADER && each.length >= 12);
  // 3.7.2: bInCollection, then baInterfaceNr. A header that is missing or lists nothing does not hide the streams.
  const listed = header === undefined ? [] : [...header.subarray(12, 12 + header[11]!)];
  const streaming = interfaces.filter(
    (each) => each.class === CC_VIDEO && each.subclass === SC_VIDEOSTREAMING,
  );
  const numbers = new Set(streaming.map(({ number }) => number));
  const own = [...numbers].filter((number) => listed.length === 0 || listed.includes(number));
  return {
    controlInterface: control.number,
    version: header === undefined ? 0 : u16(header, 3),
    streams: (own.length > 0 ? own : [...numbers]).map((number) =>
      streamOf(
        number,
        streaming.filter((each) => each.number === number),
      ),
    ),
  };
}

function streamOf(interfaceNumber: number, settings: readonly InterfaceBytes[]): Stream {
  const descriptors = settings.flatMap(classDescriptors);
  const header = descriptors.find((each) => each[2] === StreamingSubtype.VS_INPUT_HEADER && each.length >= 7);
  const endpoints = settings.flatMap(endpointsOf);
  // 3.9.2.1: bEndpointAddress. Where none has that address, the pictures can only come from another one.
  const named = endpoints.filter(({ address }) => address === header?.[6]);
  return {
    interfaceNumber,
    formats: formatsIn(descriptors),
    endpoints: named.length > 0 ? named : endpoints,
  };
}

function classDescriptors({ extra, endpoints }: InterfaceBytes): Uint8Array[] {
  // Some devices have the class's descriptors behind the endpoint.
  const all = [...extra, ...endpoints.flatMap((each) => each.extra)];
  return all.filter((each) => each.length >= 3 && each[1] === CS_INTERFACE);
}

/** In the order of the descriptors: the frames of a format follow it. */
function formatsIn(descriptors: readonly Uint8Array[]): FormatDescriptor[] {
  const formats: { format: Omit<FormatDescriptor, "frames">; frames: FrameDescriptor[]; subtype: number }[] =
    [];
  for (const descriptor of descriptors) {
    const subtype = descriptor[2]!;
    const isFormat = formatSubtypes.includes(subtype);
    if (isFormat && formats.length < MOST) {
      // A format that is not known takes its frames with it.
      formats.push({ format: formatOf(descriptor), frames: [], subtype });
    }
    const last = formats.at(-1);
    // A.6: the frames of a format have the subtype after it.
    if (last === undefined || isFormat || subtype !== last.subtype + 1 || last.frames.length >= MOST)
      continue;
    const frame = frameOf(descriptor);
    if (frame !== undefined) last.frames.push(frame);
  }
  return formats.map(({ format, frames }) => ({ ...format, frames })).filter(({ index }) => index > 0);
}

/** Subtypes of formats, A.6: uncompressed, MJPEG, MPEG-2 TS, DV, frame-based, stream-based, H.264, H.264 simulcast, VP8, VP8 simulcast. */
const formatSubtypes: readonly number[] = [0x04, 0x06, 0x0a, 0x0c, 0x10, 0x12, 0x13, 0x15, 0x16, 0x17];

/** bFormatIndex 0 for a format that this driver does not know: those of devices begin with 1. */
function formatOf(descriptor: Uint8Array): Omit<FormatDescriptor, "frames"> {
  const subtype = descriptor[2]!;
  // "Motion-JPEG Payload" 1.5 table 3-1.
  if (subtype === StreamingSubtype.VS_FORMAT_MJPEG && descriptor.length >= 11) {
    return { index: descriptor[3]!, encoding: "mjpeg", defaultFrame: descriptor[6]! };
  }
  // "Uncompressed Payload" 1.5 table 3-1.
  const isYuy2 =
    subtype === StreamingSubtype.VS_FORMAT_UNCOMPRESSED &&
    descriptor.length >= 27 &&
    YUY2.every((byte, index) => descriptor[5 + index] === byte);
  if (isYuy2) return { index: descriptor[3]!, encoding: "yuy2", defaultFrame: descriptor[22]! };
  return { index: 0, encoding: "mjpeg", defaultFrame: 0 };
}

/** Table 3-2, and tables 3-3 and 3-4 for the intervals. Undefined where it is too short, or its pictures have no pixels. */
function frameOf(descriptor: Uint8Array): FrameDescriptor | undefined {
  if (descriptor.length < 26) return undefined;
  const [width, height] = [u16(descriptor, 5), u16(descriptor, 7)];
  if (descriptor[3] === 0 || width === 0 || height === 0) return undefined;
  const defaultInterval = u32(descriptor, 21);
  const intervals = intervalsOf(descriptor).filter((each) => each > 0);
  if (defaultInterval > 0 && intervals.length === 0) intervals.push(defaultInterval);
  return {
    index: descriptor[3]!,
    width,
    height,
    maximumBytes: u32(descriptor, 17),
    defaultInterval,
    intervals: [...new Set(intervals)],
  };
}

function intervalsOf(descriptor: Uint8Array): number[] {
  const type = descriptor[25]!;
  const at = (index: number) => 26 + 4 * index;
  const whole = Math.floor((descriptor.length - 26) / 4);
  // 0: continuous, with dwMinFrameInterval, dwMaxFrameInterval and dwFrameIntervalStep; of the range its ends are offered.
  const count = Math.min(type === 0 ? 2 : type, whole, MOST_INTERVALS);
  return Array.from({ length: count }, (_, index) => u32(descriptor, at(index)));
}

function endpointsOf({ alternateSetting, endpoints }: InterfaceBytes): StreamEndpoint[] {
  return endpoints.flatMap((endpoint) => {
    const { address, interval } = endpoint;
    const type = endpointType(endpoint);
    const isIn = (address & 0x80) !== 0;
    const payloadBytes = payloadBytesOf(endpoint);
    if (!isIn || (type !== "isochronous" && type !== "bulk") || payloadBytes === 0) return [];
    return [{ alternateSetting, address, type, payloadBytes, interval }];
  });
}

/** USB 2.0 table 9-13: up to three packets in a microframe; USB 3.2 table 9-26: wBytesPerInterval, for isochronous endpoints. */
function payloadBytesOf(endpoint: EndpointBytes): number {
  const { maxPacketSize, extra } = endpoint;
  const packet = maxPacketSize & 0x7ff;
  if (endpointType(endpoint) === "bulk") return packet;
  const companion = extra.find((each) => each[1] === ENDPOINT_COMPANION && each.length >= 6);
  if (companion !== undefined) return u16(companion, 4);
  return packet * (1 + Math.min((maxPacketSize >> 11) & 0x03, 2));
}
