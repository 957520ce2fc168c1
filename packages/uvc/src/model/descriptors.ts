/** What a camera says about itself: "USB Device Class Definition for Video Devices", revision 1.1, section 3. */

import {
  bulkEndpoint,
  deviceDescriptors,
  encodeConfiguration,
  encodeEndpointDescriptor,
  encodeInterfaceDescriptor,
  type UsbDescriptors,
} from "@busbar/model";

/** pid.codes' vendor id, and a product id that it sets aside for tests. */
const VENDOR_ID = 0x1209;
const PRODUCT_ID = 0x0005;

export const CONTROL_INTERFACE = 0;
export const STREAMING_INTERFACE = 1;
export const VIDEO_IN = 0x81;

/** Class and subclasses: A.1 and A.2. */
const VIDEO = 0x0e;
const VIDEOCONTROL = 0x01;
const VIDEOSTREAMING = 0x02;
const VIDEO_INTERFACE_COLLECTION = 0x03;
/** A.4. */
const CS_INTERFACE = 0x24;

const CAMERA_TERMINAL = 1;
const STREAMING_TERMINAL = 2;
/** 48 MHz, as many cameras have. */
const CLOCK_HZ = 48_000_000;

/** bmAttributes: asynchronous isochronous. USB 2.0 table 9-13. */
const ISOCHRONOUS = 0x05;

/** A size of picture, with the intervals that it has, in units of 100 ns. */
export interface CameraSize {
  readonly width: number;
  readonly height: number;
  readonly intervals: readonly number[];
}

/** A format, in the order of bFormatIndex. */
export interface CameraFormat {
  readonly encoding: "mjpeg" | "yuy2";
  /** In the order of bFrameIndex. */
  readonly sizes: readonly CameraSize[];
}

/** What the settings 1, 2 and 3 of an isochronous camera bring in a microframe, in bytes, as wMaxPacketSize has it. */
const PACKETS = [512, 1024, 0x1400] as const;

/** dwMaxVideoFrameBufferSize of a size: as for uncompressed pictures, which is what most cameras say. */
export function largestPicture({ width, height }: CameraSize): number {
  return 2 * width * height;
}

/** Of a camera with one video function. */
export function cameraDescriptors(
  formats: readonly CameraFormat[],
  transfer: "isochronous" | "bulk",
  serialNumber: string,
): UsbDescriptors {
  const streaming = (bAlternateSetting: number, bNumEndpoints: number) =>
    interfaceDescriptor(STREAMING_INTERFACE, bAlternateSetting, bNumEndpoints, VIDEOSTREAMING);
  const settings =
    transfer === "bulk"
      ? [streaming(0, 1), streamDescriptors(formats), bulkEndpoint(VIDEO_IN, 512)]
      : [
          streaming(0, 0),
          streamDescriptors(formats),
          ...PACKETS.flatMap((packet, index) => [streaming(index + 1, 1), isochronousEndpoint(packet)]),
        ];
  return deviceDescriptors(
    {
      // USB 2.0 engineering change notice "Interface Association Descriptors": a device that has them says so.
      bDeviceClass: 0xef,
      bDeviceSubClass: 0x02,
      bDeviceProtocol: 0x01,
      idVendor: VENDOR_ID,
      idProduct: PRODUCT_ID,
      manufacturer: "Busbar",
      product: "camera",
      serialNumber,
    },
    encodeConfiguration(
      { bNumInterfaces: 2, bConfigurationValue: 1, iConfiguration: 0, bmAttributes: 0x80, bMaxPower: 250 },
      [
        // bFirstInterface, bInterfaceCount, bFunctionClass, bFunctionSubClass, bFunctionProtocol, iFunction.
        Uint8Array.of(8, 11, CONTROL_INTERFACE, 2, VIDEO, VIDEO_INTERFACE_COLLECTION, 0, 2),
        interfaceDescriptor(CONTROL_INTERFACE, 0, 0, VIDEOCONTROL),
        controlDescriptors(),
        ...settings,
      ],
    ),
  );
}

function interfaceDescriptor(
  bInterfaceNumber: number,
  bAlternateSetting: number,
  bNumEndpoints: number,
  bInterfaceSubClass: number,
): Uint8Array {
  return encodeInterfaceDescriptor({
    bInterfaceNumber,
    bAlternateSetting,
    bNumEndpoints,
    bInterfaceClass: VIDEO,
    bInterfaceSubClass,
    bInterfaceProtocol: 0,
    iInterface: 0,
  });
}

function isochronousEndpoint(wMaxPacketSize: number): Uint8Array {
  return encodeEndpointDescriptor({
    bEndpointAddress: VIDEO_IN,
    bmAttributes: ISOCHRONOUS,
    wMaxPacketSize,
    bInterval: 1,
  });
}

/** 3.7.2: a header, a camera, and the way from it to USB. */
function controlDescriptors(): Uint8Array {
  // Table 3-6: wTerminalType ITT_CAMERA; no lens that could be moved, and no controls.
  const camera = [CAMERA_TERMINAL, ...u16(0x0201), 0, 0, ...u16(0), ...u16(0), ...u16(0), 3, 0, 0, 0];
  // Table 3-5: wTerminalType TT_STREAMING, from the camera.
  const output = [STREAMING_TERMINAL, ...u16(0x0101), 0, CAMERA_TERMINAL, 0];
  const units = [...classDescriptor(0x02, camera), ...classDescriptor(0x03, output)];
  const headerBytes = 13;
  const header = [
    ...u16(0x0110), // bcdUVC
    ...u16(headerBytes + units.length), // wTotalLength
    ...u32(CLOCK_HZ), // dwClockFrequency
    1, // bInCollection
    STREAMING_INTERFACE, // baInterfaceNr(1)
  ];
  return Uint8Array.from([...classDescriptor(0x01, header), ...units]);
}

/** 3.9.2. */
function streamDescriptors(formats: readonly CameraFormat[]): Uint8Array {
  const described = formats.flatMap((format, index) => formatDescriptors(format, index + 1));
  const headerBytes = 13 + formats.length;
  const header = [
    formats.length, // bNumFormats
    ...u16(headerBytes + described.length), // wTotalLength
    VIDEO_IN, // bEndpointAddress
    0, // bmInfo
    STREAMING_TERMINAL, // bTerminalLink
    0, // bStillCaptureMethod
    0, // bTriggerSupport
    0, // bTriggerUsage
    1, // bControlSize
    ...formats.map(() => 0), // bmaControls
  ];
  return Uint8Array.from([...classDescriptor(0x01, header), ...described]);
}

/** "Motion-JPEG Payload" and "Uncompressed Payload", table 3-1 of each. */
function formatDescriptors({ encoding, sizes }: CameraFormat, index: number): number[] {
  const tail = [1, 0, 0, 0, 0]; // bDefaultFrameIndex, bAspectRatioX, bAspectRatioY, bmInterlaceFlags, bCopyProtect
  const format =
    encoding === "mjpeg"
      ? classDescriptor(0x06, [index, sizes.length, 1, ...tail]) // bmFlags: all samples have one size
      : classDescriptor(0x04, [index, sizes.length, ...YUY2_GUID, 16, ...tail]); // bBitsPerPixel
  const frames = sizes.flatMap((size, place) => frameDescriptor(size, encoding, place + 1));
  // Table 3-32 of section 3.9.2.6: BT.709, sRGB's transfer curve, SMPTE 170M.
  return [...format, ...frames, ...classDescriptor(0x0d, [1, 1, 4])];
}

/** Table 3-2 of each, with discrete intervals. */
function frameDescriptor(size: CameraSize, encoding: CameraFormat["encoding"], index: number): number[] {
  const { width, height, intervals } = size;
  const largest = largestPicture(size);
  const bitRates = [Math.max(...intervals), Math.min(...intervals)].map((interval) =>
    Math.min(Math.round((8 * largest * 10_000_000) / interval), 0xffff_ffff),
  );
  return classDescriptor(encoding === "mjpeg" ? 0x07 : 0x05, [
    index, // bFrameIndex
    0, // bmCapabilities
    ...u16(width), // wWidth
    ...u16(height), // wHeight
    ...bitRates.flatMap(u32), // dwMinBitRate, dwMaxBitRate
    ...u32(largest), // dwMaxVideoFrameBufferSize
    ...u32(intervals[0]!), // dwDefaultFrameInterval
    intervals.length, // bFrameIntervalType
    ...intervals.flatMap(u32), // dwFrameInterval
  ]);
}

/** {32595559-0000-0010-8000-00AA00389B71} as it lies in memory: "Uncompressed Payload" table 2-1. */
const YUY2_GUID = [
  ...[0x59, 0x55, 0x59, 0x32], // "YUY2"
  ...[0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71],
];

function classDescriptor(subtype: number, content: readonly number[]): number[] {
  return [content.length + 3, CS_INTERFACE, subtype, ...content];
}

function u16(value: number): number[] {
  return [value & 0xff, value >> 8];
}

function u32(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24];
}
