/**
 * Standard descriptors, USB 2.0 section 9.6, in the shape of component:usb/descriptors; and their reader, for backends
 * that have them as bytes. What a device says is not to be trusted: nothing is read past the end, and nothing is
 * allocated because of a length or a number that the device claims.
 */

/** component:usb/descriptors `device-descriptor`. */
export interface UsbDeviceDescriptor {
  readonly length: number;
  readonly descriptorType: number;
  readonly usbVersionBcd: number;
  readonly deviceClass: number;
  readonly deviceSubclass: number;
  readonly deviceProtocol: number;
  readonly maxPacketSize0: number;
  readonly vendorId: number;
  readonly productId: number;
  readonly deviceVersionBcd: number;
  readonly manufacturerIndex: number;
  readonly productIndex: number;
  readonly serialNumberIndex: number;
  readonly numConfigurations: number;
}

/** component:usb/descriptors `endpoint-descriptor`. */
export interface UsbEndpointDescriptor {
  readonly length: number;
  readonly descriptorType: number;
  readonly endpointAddress: number;
  readonly attributes: number;
  readonly maxPacketSize: number;
  readonly interval: number;
  readonly refresh: number;
  readonly synchAddress: number;
}

/** component:usb/descriptors `interface-descriptor`: one alternate setting of one interface. */
export interface UsbInterfaceDescriptor {
  readonly length: number;
  readonly descriptorType: number;
  readonly interfaceNumber: number;
  readonly alternateSetting: number;
  readonly endpoints: readonly UsbEndpointDescriptor[];
  readonly interfaceClass: number;
  readonly interfaceSubclass: number;
  readonly interfaceProtocol: number;
  readonly interfaceIndex: number;
  /**
   * The descriptors behind it that USB itself does not define, of its class or its vendor, in the order of the device;
   * each is whole. Not in component:usb: for people who want to see them.
   */
  readonly extra: readonly Uint8Array[];
}

/** component:usb/descriptors `configuration-descriptor`. */
export interface UsbConfigurationDescriptor {
  readonly length: number;
  readonly descriptorType: number;
  readonly totalLength: number;
  readonly interfaces: readonly UsbInterfaceDescriptor[];
  readonly configurationValue: number;
  readonly configurationIndex: number;
  readonly attributes: number;
  readonly maxPower: number;
}

/** bDescriptorType: USB 2.0 table 9-5. */
const DEVICE = 1;
const CONFIGURATION = 2;
const INTERFACE = 4;
const ENDPOINT = 5;

/** Bits 6 to 4 of bEndpointAddress are reserved: USB 2.0 table 9-13. */
const ENDPOINT_ADDRESS_BITS = 0x8f;

/** Reads a device descriptor: USB 2.0 table 9-8. Undefined where it is none, or too short. */
export function parseDeviceDescriptor(bytes: Uint8Array): UsbDeviceDescriptor | undefined {
  if (bytes.length < 18 || bytes[0]! < 18 || bytes[1] !== DEVICE) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    length: view.getUint8(0),
    descriptorType: view.getUint8(1),
    usbVersionBcd: view.getUint16(2, true),
    deviceClass: view.getUint8(4),
    deviceSubclass: view.getUint8(5),
    deviceProtocol: view.getUint8(6),
    maxPacketSize0: view.getUint8(7),
    vendorId: view.getUint16(8, true),
    productId: view.getUint16(10, true),
    deviceVersionBcd: view.getUint16(12, true),
    manufacturerIndex: view.getUint8(14),
    productIndex: view.getUint8(15),
    serialNumberIndex: view.getUint8(16),
    numConfigurations: view.getUint8(17),
  };
}

/**
 * Reads a configuration descriptor and what follows it: USB 2.0 table 9-10. Undefined where it is none. Of what follows,
 * everything up to the first malformed descriptor is kept.
 */
export function parseConfigurationDescriptor(bytes: Uint8Array): UsbConfigurationDescriptor | undefined {
  if (bytes.length < 9 || bytes[0]! < 9 || bytes[1] !== CONFIGURATION) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const totalLength = view.getUint16(2, true);
  const interfaces: (UsbInterfaceDescriptor & {
    endpoints: UsbEndpointDescriptor[];
    extra: Uint8Array[];
  })[] = [];
  for (const descriptor of splitDescriptors(bytes.subarray(0, totalLength))) {
    const [length, descriptorType] = descriptor as unknown as [number, number];
    if (descriptorType === INTERFACE && length >= 9) {
      interfaces.push({
        length,
        descriptorType,
        interfaceNumber: descriptor[2]!,
        alternateSetting: descriptor[3]!,
        endpoints: [],
        interfaceClass: descriptor[5]!,
        interfaceSubclass: descriptor[6]!,
        interfaceProtocol: descriptor[7]!,
        interfaceIndex: descriptor[8]!,
        extra: [],
      });
    } else if (descriptorType === ENDPOINT && length >= 7) {
      interfaces.at(-1)?.endpoints.push({
        length,
        descriptorType,
        endpointAddress: descriptor[2]! & ENDPOINT_ADDRESS_BITS,
        attributes: descriptor[3]!,
        maxPacketSize: descriptor[4]! | (descriptor[5]! << 8),
        interval: descriptor[6]!,
        // Audio 1.0 section 4.6.1.1: two further bytes.
        refresh: descriptor[7] ?? 0,
        synchAddress: descriptor[8] ?? 0,
      });
    } else {
      interfaces.at(-1)?.extra.push(descriptor);
    }
  }
  return {
    length: view.getUint8(0),
    descriptorType: view.getUint8(1),
    totalLength,
    interfaces,
    configurationValue: view.getUint8(5),
    configurationIndex: view.getUint8(6),
    attributes: view.getUint8(7),
    maxPower: view.getUint8(8),
  };
}

/** The descriptors in a row; ends at the first that is shorter than its head or longer than what is left. */
export function* splitDescriptors(bytes: Uint8Array): Iterable<Uint8Array> {
  let offset = 0;
  while (offset < bytes.length) {
    const length = bytes[offset]!;
    if (length < 2 || offset + length > bytes.length) return;
    yield bytes.subarray(offset, offset + length);
    offset += length;
  }
}
