/**
 * Standard descriptors: USB 2.0 section 9.6. Written one field a line with the specification's names, and read back
 * without trust, because a model may hold the descriptors of a broken device.
 */

/** bDescriptorType. */
export const DESCRIPTOR_DEVICE = 1;
export const DESCRIPTOR_CONFIGURATION = 2;
export const DESCRIPTOR_STRING = 3;
export const DESCRIPTOR_INTERFACE = 4;
export const DESCRIPTOR_ENDPOINT = 5;
export const DESCRIPTOR_BINARY_OBJECT_STORE = 15;

const US_ENGLISH = 0x0409;

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

/** String descriptor 0: the language that the strings are in. */
export function encodeLanguages(): Uint8Array {
  return Uint8Array.of(4, DESCRIPTOR_STRING, US_ENGLISH & 0xff, US_ENGLISH >> 8);
}

/** A string descriptor: section 9.6.7. The text is cut after 126 UTF-16 units, which is what bLength can say. */
export function encodeString(text: string): Uint8Array {
  const units = text.slice(0, 126);
  const bytes = new Uint8Array(2 + 2 * units.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, bytes.length); // bLength
  view.setUint8(1, DESCRIPTOR_STRING); // bDescriptorType
  for (let index = 0; index < units.length; index++) {
    view.setUint16(2 + 2 * index, units.charCodeAt(index), true);
  }
  return bytes;
}

/** An interface of a configuration, in one alternate setting. */
export interface InterfaceSummary {
  readonly bInterfaceNumber: number;
  readonly bAlternateSetting: number;
  readonly bInterfaceClass: number;
  readonly bInterfaceSubClass: number;
  readonly bInterfaceProtocol: number;
  /** Endpoint addresses, direction bit included. */
  readonly endpoints: readonly number[];
}

/** What the standard requests and USB/IP need to know of a configuration. */
export interface ConfigurationSummary {
  readonly bConfigurationValue: number;
  readonly bmAttributes: number;
  readonly interfaces: readonly InterfaceSummary[];
}

/** Reads as much of a configuration as is well formed; undefined where not even its own descriptor is. */
export function summarizeConfiguration(bytes: Uint8Array): ConfigurationSummary | undefined {
  if (bytes.length < 9 || bytes[1] !== DESCRIPTOR_CONFIGURATION) return undefined;
  const interfaces: (InterfaceSummary & { endpoints: number[] })[] = [];
  for (const descriptor of descriptorsIn(bytes)) {
    if (descriptor[1] === DESCRIPTOR_INTERFACE && descriptor.length >= 9) {
      interfaces.push({
        bInterfaceNumber: descriptor[2]!,
        bAlternateSetting: descriptor[3]!,
        bInterfaceClass: descriptor[5]!,
        bInterfaceSubClass: descriptor[6]!,
        bInterfaceProtocol: descriptor[7]!,
        endpoints: [],
      });
    }
    if (descriptor[1] === DESCRIPTOR_ENDPOINT && descriptor.length >= 7) {
      interfaces.at(-1)?.endpoints.push(descriptor[2]!);
    }
  }
  return { bConfigurationValue: bytes[5]!, bmAttributes: bytes[7]!, interfaces };
}

/** The descriptors in a row; ends at the first that is shorter than two bytes or longer than what is left. */
function* descriptorsIn(bytes: Uint8Array): Iterable<Uint8Array> {
  let offset = 0;
  while (offset < bytes.length) {
    const length = bytes[offset]!;
    if (length < 2 || offset + length > bytes.length) return;
    yield bytes.subarray(offset, offset + length);
    offset += length;
  }
}
