/** What a device of the HID class says about itself: USB HID 1.11 section 6.2, USB 2.0 section 9.6. */

import {
  deviceDescriptors,
  encodeConfiguration,
  encodeInterfaceDescriptor,
  interruptEndpoint,
  type UsbDescriptors,
} from "@busbar/model";

/** pid.codes' vendor id. The product ids are some that it sets aside for tests. */
const VENDOR_ID = 0x1209;

/** The interface's class: HID 1.11 section 4.1. */
const HID_CLASS = 3;
/** bInterfaceSubClass and bInterfaceProtocol: sections 4.2 and 4.3. */
const BOOT_INTERFACES = { none: [0, 0], keyboard: [1, 1], mouse: [1, 2] } as const;

/** How often the host asks, in milliseconds at full speed. */
const INTERVAL_MS = 10;

/** bDescriptorType of the class: HID 1.11 section 7.1. */
export const DESCRIPTOR_HID = 0x21;
export const DESCRIPTOR_REPORT = 0x22;

/** Endpoint addresses. */
export const INPUT_ENDPOINT = 0x81;
export const OUTPUT_ENDPOINT = 0x02;

/** A kind of report: HID 1.11 section 7.2.1. */
export type HidReportType = "input" | "output" | "feature";

/** A report that a device has. */
export interface HidReport {
  readonly type: HidReportType;
  /** 0 where the device's reports have no id. */
  readonly id: number;
  /** How many bytes, without that of the id. */
  readonly bytes: number;
}

/** What kind of HID device it is. */
export interface HidDefinition {
  readonly product: string;
  readonly productId: number;
  /** Which boot protocol it has. */
  readonly bootInterface: "none" | "keyboard" | "mouse";
  /** bCountryCode: HID 1.11 section 6.2.1; 0 for a device that is the same everywhere. */
  readonly countryCode: number;
  readonly reportDescriptor: Uint8Array;
  /** All that the report descriptor describes. */
  readonly reports: readonly HidReport[];
  /** Whether output reports have an endpoint; otherwise they come by SET_REPORT only. */
  readonly hasOutputEndpoint: boolean;
  /** How often a report comes again that has not changed, in steps of 4 ms; 0 for never (section 7.2.4). */
  readonly initialIdle: number;
}

/** How many bytes a report has on the wire: an id of its own comes first. */
export function wireLength({ id, bytes }: HidReport): number {
  return id === 0 ? bytes : bytes + 1;
}

/** The class descriptor: HID 1.11 section 6.2.1. */
export function encodeHidDescriptor({ countryCode, reportDescriptor }: HidDefinition): Uint8Array {
  const bytes = new Uint8Array(9);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, bytes.length); // bLength
  view.setUint8(1, DESCRIPTOR_HID); // bDescriptorType
  view.setUint16(2, 0x0111, true); // bcdHID
  view.setUint8(4, countryCode); // bCountryCode
  view.setUint8(5, 1); // bNumDescriptors
  view.setUint8(6, DESCRIPTOR_REPORT); // bDescriptorType
  view.setUint16(7, reportDescriptor.length, true); // wDescriptorLength
  return bytes;
}

/** The standard descriptors: one configuration with one interface. */
export function hidDescriptors(definition: HidDefinition, serialNumber: string): UsbDescriptors {
  const [bInterfaceSubClass, bInterfaceProtocol] = BOOT_INTERFACES[definition.bootInterface];
  const endpoints = [interruptEndpoint(INPUT_ENDPOINT, longest(definition, "input"), INTERVAL_MS)];
  if (definition.hasOutputEndpoint) {
    endpoints.push(interruptEndpoint(OUTPUT_ENDPOINT, longest(definition, "output"), INTERVAL_MS));
  }
  return deviceDescriptors(
    {
      idVendor: VENDOR_ID,
      idProduct: definition.productId,
      manufacturer: "Busbar",
      product: definition.product,
      serialNumber,
    },
    encodeConfiguration(
      { bNumInterfaces: 1, bConfigurationValue: 1, iConfiguration: 0, bmAttributes: 0x80, bMaxPower: 50 },
      [
        encodeInterfaceDescriptor({
          bInterfaceNumber: 0,
          bAlternateSetting: 0,
          bNumEndpoints: endpoints.length,
          bInterfaceClass: HID_CLASS,
          bInterfaceSubClass,
          bInterfaceProtocol,
          iInterface: 0,
        }),
        encodeHidDescriptor(definition),
        ...endpoints,
      ],
    ),
  );
}

/** Of the reports of a type, so that each of them is one packet. */
function longest({ reports }: HidDefinition, type: HidReportType): number {
  return Math.max(...reports.filter((report) => report.type === type).map(wireLength));
}
