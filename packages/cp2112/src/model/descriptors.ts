/** What the chip says of itself: a human interface device whose reports are its commands. */

import {
  deviceDescriptors,
  encodeConfiguration,
  encodeInterfaceDescriptor,
  interruptEndpoint,
  type UsbDescriptors,
} from "@busbar/model";

/** Endpoints. */
export const REPORT_IN = 0x81;
export const REPORT_OUT = 0x01;

/** Its ids, and its strings as from the factory: AN495 table 1. */
export const VENDOR_ID = 0x10c4;
export const PRODUCT_ID = 0xea90;
export const MANUFACTURER = "Silicon Laboratories";
export const PRODUCT = "CP2112 HID USB-to-SMBus Bridge";

/** Items of a report descriptor: HID 1.11 section 6.2.2.5. */
const INPUT = 0x81;
const OUTPUT = 0x91;
const FEATURE = 0xb1;

/** Each report: its id, what it is, and its bytes after the id. AN495 chapters 4 to 6. */
const reports: readonly (readonly [id: number, item: number, bytes: number])[] = [
  [0x01, FEATURE, 1],
  [0x02, FEATURE, 4],
  [0x03, FEATURE, 1],
  [0x04, FEATURE, 2],
  [0x05, FEATURE, 2],
  [0x06, FEATURE, 13],
  [0x10, OUTPUT, 63],
  [0x11, OUTPUT, 63],
  [0x12, OUTPUT, 63],
  [0x13, INPUT, 63],
  [0x14, OUTPUT, 63],
  [0x15, OUTPUT, 63],
  [0x16, INPUT, 63],
  [0x17, OUTPUT, 63],
  [0x20, FEATURE, 1],
  [0x21, FEATURE, 9],
  [0x22, FEATURE, 62],
  [0x23, FEATURE, 62],
  [0x24, FEATURE, 62],
];

/** A page of the vendor's, and bytes of any value in each report. */
export const REPORT_DESCRIPTOR = Uint8Array.of(
  ...[0x06, 0x00, 0xff, 0x09, 0x01, 0xa1, 0x01],
  ...[0x15, 0x00, 0x26, 0xff, 0x00, 0x75, 0x08],
  ...reports.flatMap(([id, item, bytes]) => [0x85, id, 0x95, bytes, 0x09, 0x01, item, 0x02]),
  0xc0,
);

/** HID 1.11 section 6.2.1. */
export const HID_DESCRIPTOR = Uint8Array.of(
  9,
  0x21,
  0x11,
  0x01,
  0,
  1,
  0x22,
  REPORT_DESCRIPTOR.length & 0xff,
  REPORT_DESCRIPTOR.length >> 8,
);

/** The descriptors of a chip. */
export function descriptorsOf(serialNumber: string): UsbDescriptors {
  return deviceDescriptors(
    {
      idVendor: VENDOR_ID,
      idProduct: PRODUCT_ID,
      manufacturer: MANUFACTURER,
      product: PRODUCT,
      serialNumber,
    },
    encodeConfiguration(
      { bNumInterfaces: 1, bConfigurationValue: 1, iConfiguration: 0, bmAttributes: 0x80, bMaxPower: 0x32 },
      [
        encodeInterfaceDescriptor({
          bInterfaceNumber: 0,
          bAlternateSetting: 0,
          bNumEndpoints: 2,
          bInterfaceClass: 0x03,
          bInterfaceSubClass: 0,
          bInterfaceProtocol: 0,
          iInterface: 0,
        }),
        HID_DESCRIPTOR,
        interruptEndpoint(REPORT_IN, 64, 1),
        interruptEndpoint(REPORT_OUT, 64, 1),
      ],
    ),
  );
}
