/**
 * Standard descriptors: USB 2.0 section 9.6. Written one field a line with the specification's names.
 */

import type { UsbDescriptors } from "./device.ts";

/** bDescriptorType. */
export const DESCRIPTOR_DEVICE = 1;
export const DESCRIPTOR_CONFIGURATION = 2;
export const DESCRIPTOR_STRING = 3;
export const DESCRIPTOR_INTERFACE = 4;
export const DESCRIPTOR_ENDPOINT = 5;
export const DESCRIPTOR_BINARY_OBJECT_STORE = 15;

/** bmAttributes of an endpoint, bits 1 to 0: table 9-13. */
const BULK = 2;
const INTERRUPT = 3;

/** The fields of a device descriptor that differ between devices. */
export interface DeviceDescriptorFields {
  /** Binary-coded decimal, such as 0x0200. */
  readonly bcdUSB: number;
  readonly bDeviceClass: number;
  readonly bDeviceSubClass: number;
  readonly bDeviceProtocol: number;
  readonly bMaxPacketSize0: number;
  readonly idVendor: number;
  readonly idProduct: number;
  /** Binary-coded decimal, such as 0x0100. */
  readonly bcdDevice: number;
  /** Index of a string descriptor, 0 for none. */
  readonly iManufacturer: number;
  readonly iProduct: number;
  readonly iSerialNumber: number;
  readonly bNumConfigurations: number;
}

/** A device descriptor: USB 2.0, table 9-8. */
export function encodeDeviceDescriptor(fields: DeviceDescriptorFields): Uint8Array {
  const bytes = new Uint8Array(18);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, bytes.length); // bLength
  view.setUint8(1, DESCRIPTOR_DEVICE); // bDescriptorType
  view.setUint16(2, fields.bcdUSB, true);
  view.setUint8(4, fields.bDeviceClass);
  view.setUint8(5, fields.bDeviceSubClass);
  view.setUint8(6, fields.bDeviceProtocol);
  view.setUint8(7, fields.bMaxPacketSize0);
  view.setUint16(8, fields.idVendor, true);
  view.setUint16(10, fields.idProduct, true);
  view.setUint16(12, fields.bcdDevice, true);
  view.setUint8(14, fields.iManufacturer);
  view.setUint8(15, fields.iProduct);
  view.setUint8(16, fields.iSerialNumber);
  view.setUint8(17, fields.bNumConfigurations);
  return bytes;
}

/** The fields of a configuration descriptor that differ between devices. */
export interface ConfigurationDescriptorFields {
  readonly bNumInterfaces: number;
  readonly bConfigurationValue: number;
  readonly iConfiguration: number;
  /** Bit 7 is always set; bit 6: self-powered; bit 5: remote wakeup. */
  readonly bmAttributes: number;
  /** In units of 2 mA. */
  readonly bMaxPower: number;
}

/** A configuration descriptor, table 9-10, followed by `descriptors`; `wTotalLength` covers all of it. */
export function encodeConfiguration(
  fields: ConfigurationDescriptorFields,
  descriptors: readonly Uint8Array[],
): Uint8Array {
  const totalLength = descriptors.reduce((length, descriptor) => length + descriptor.length, 9);
  const bytes = new Uint8Array(totalLength);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 9); // bLength
  view.setUint8(1, DESCRIPTOR_CONFIGURATION); // bDescriptorType
  view.setUint16(2, totalLength, true); // wTotalLength
  view.setUint8(4, fields.bNumInterfaces);
  view.setUint8(5, fields.bConfigurationValue);
  view.setUint8(6, fields.iConfiguration);
  view.setUint8(7, fields.bmAttributes);
  view.setUint8(8, fields.bMaxPower);
  let offset = 9;
  for (const descriptor of descriptors) {
    bytes.set(descriptor, offset);
    offset += descriptor.length;
  }
  return bytes;
}

/** The fields of an interface descriptor that differ between devices. */
export interface InterfaceDescriptorFields {
  readonly bInterfaceNumber: number;
  readonly bAlternateSetting: number;
  readonly bNumEndpoints: number;
  readonly bInterfaceClass: number;
  readonly bInterfaceSubClass: number;
  readonly bInterfaceProtocol: number;
  readonly iInterface: number;
}

/** An interface descriptor: table 9-12. */
export function encodeInterfaceDescriptor(fields: InterfaceDescriptorFields): Uint8Array {
  return Uint8Array.of(
    9, // bLength
    DESCRIPTOR_INTERFACE, // bDescriptorType
    fields.bInterfaceNumber,
    fields.bAlternateSetting,
    fields.bNumEndpoints,
    fields.bInterfaceClass,
    fields.bInterfaceSubClass,
    fields.bInterfaceProtocol,
    fields.iInterface,
  );
}

/** The fields of an endpoint descriptor that differ between devices. */
export interface EndpointDescriptorFields {
  /** Bit 7: IN. Bits 3 to 0: the number. */
  readonly bEndpointAddress: number;
  /** Bits 1 to 0: 0 control, 1 isochronous, 2 bulk, 3 interrupt. */
  readonly bmAttributes: number;
  readonly wMaxPacketSize: number;
  /** In frames (low and full speed), or as an exponent of microframes (high speed). */
  readonly bInterval: number;
}

/** An endpoint descriptor: table 9-13. */
export function encodeEndpointDescriptor(fields: EndpointDescriptorFields): Uint8Array {
  const bytes = new Uint8Array(7);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, bytes.length); // bLength
  view.setUint8(1, DESCRIPTOR_ENDPOINT); // bDescriptorType
  view.setUint8(2, fields.bEndpointAddress);
  view.setUint8(3, fields.bmAttributes);
  view.setUint16(4, fields.wMaxPacketSize, true);
  view.setUint8(6, fields.bInterval);
  return bytes;
}

/** A bulk endpoint, which answers whenever it is asked: bInterval 0. */
export function bulkEndpoint(bEndpointAddress: number, wMaxPacketSize: number): Uint8Array {
  return encodeEndpointDescriptor({ bEndpointAddress, bmAttributes: BULK, wMaxPacketSize, bInterval: 0 });
}

/** An interrupt endpoint. @param bInterval as {@link EndpointDescriptorFields} has it */
export function interruptEndpoint(
  bEndpointAddress: number,
  wMaxPacketSize: number,
  bInterval: number,
): Uint8Array {
  return encodeEndpointDescriptor({ bEndpointAddress, bmAttributes: INTERRUPT, wMaxPacketSize, bInterval });
}

/** Who a device is. What is left out of its descriptor is as most devices of USB 2.0 have it. */
export interface DeviceIdentity {
  /** Default: 0x0200. */
  readonly bcdUSB?: number;
  /** Default: 0, like the two after it: the interfaces say what they are. */
  readonly bDeviceClass?: number;
  readonly bDeviceSubClass?: number;
  readonly bDeviceProtocol?: number;
  /** Default: 64. */
  readonly bMaxPacketSize0?: number;
  readonly idVendor: number;
  readonly idProduct: number;
  /** Default: 0x0100. */
  readonly bcdDevice?: number;
  readonly manufacturer: string;
  readonly product: string;
  readonly serialNumber: string;
}

/** What a device with one configuration says about itself. @param configuration as {@link encodeConfiguration} makes it */
export function deviceDescriptors(identity: DeviceIdentity, configuration: Uint8Array): UsbDescriptors {
  const { manufacturer, product, serialNumber, ...fields } = identity;
  return {
    device: encodeDeviceDescriptor({
      bcdUSB: 0x0200,
      bDeviceClass: 0,
      bDeviceSubClass: 0,
      bDeviceProtocol: 0,
      bMaxPacketSize0: 64,
      bcdDevice: 0x0100,
      ...fields,
      iManufacturer: 1,
      iProduct: 2,
      iSerialNumber: 3,
      bNumConfigurations: 1,
    }),
    configurations: [configuration],
    strings: [manufacturer, product, serialNumber],
  };
}
