/**
 * Descriptors as bytes: USB 2.0 section 9.6. component:usb gives the standard ones as records; those of a class (HID, CDC
 * functional descriptors) are only in the bytes. Whatever a device claims, nothing is read past the end.
 */

import { DriverError } from "./errors.ts";

/** bDescriptorType: USB 2.0 table 9-5, and the interface association of its engineering change notice. */
export const DescriptorType = {
  DEVICE: 1,
  CONFIGURATION: 2,
  STRING: 3,
  INTERFACE: 4,
  ENDPOINT: 5,
  INTERFACE_ASSOCIATION: 11,
} as const;

/** An endpoint, and the class's descriptors after it. */
export interface EndpointBytes {
  /** bEndpointAddress without its reserved bits: bit 7 IN, bits 3 to 0 the number. */
  readonly address: number;
  /** bmAttributes. */
  readonly attributes: number;
  /** wMaxPacketSize as it is: bits 10 to 0 bytes, bits 12 to 11 further transactions. */
  readonly maxPacketSize: number;
  /** bInterval. */
  readonly interval: number;
  /** Descriptors of other types that follow, each whole. */
  readonly extra: readonly Uint8Array[];
}

/** One alternate setting of an interface, and the class's descriptors after it. */
export interface InterfaceBytes {
  readonly number: number;
  readonly alternateSetting: number;
  /** bNumEndpoints, as the device claims. */
  readonly declaredEndpoints: number;
  readonly class: number;
  readonly subclass: number;
  readonly protocol: number;
  /** iInterface: 0 for none. */
  readonly stringIndex: number;
  readonly endpoints: readonly EndpointBytes[];
  /** Descriptors of other types before the first endpoint, each whole. */
  readonly extra: readonly Uint8Array[];
}

/** Interfaces that are one function. */
export interface InterfaceAssociation {
  readonly firstInterface: number;
  readonly interfaceCount: number;
  readonly class: number;
  readonly subclass: number;
  readonly protocol: number;
}

/** A configuration with everything that follows it. */
export interface ConfigurationBytes {
  /** wTotalLength, as the device claims. */
  readonly totalLength: number;
  /** bNumInterfaces, as the device claims. */
  readonly declaredInterfaces: number;
  readonly value: number;
  /** iConfiguration: 0 for none. */
  readonly stringIndex: number;
  /** bmAttributes. */
  readonly attributes: number;
  /** bMaxPower, in units of 2 mA. */
  readonly maxPower: number;
  readonly interfaces: readonly InterfaceBytes[];
  readonly associations: readonly InterfaceAssociation[];
}

/** An interface while it is read. */
interface MutableInterface extends InterfaceBytes {
  readonly endpoints: (EndpointBytes & { readonly extra: Uint8Array[] })[];
  readonly extra: Uint8Array[];
}

/**
 * The descriptors in a row, each whole. Ends at the first that is shorter than its head, or longer than what is left.
 */
export function* descriptorsIn(bytes: Uint8Array): Generator<Uint8Array, void, void> {
  let offset = 0;
  while (offset < bytes.length) {
    const length = bytes[offset]!;
    if (length < 2 || offset + length > bytes.length) return;
    yield bytes.subarray(offset, offset + length);
    offset += length;
  }
}

/**
 * Reads a configuration descriptor and what follows it, as far as it is well formed.
 *
 * @throws DriverError `protocol` when it does not begin with a configuration descriptor
 */
export function parseConfiguration(bytes: Uint8Array): ConfigurationBytes {
  if (bytes.length < 9 || bytes[0]! < 9 || bytes[1] !== DescriptorType.CONFIGURATION) {
    throw DriverError.protocol("The device's configuration descriptor is malformed; it cannot be used.");
  }
  const totalLength = u16(bytes, 2);
  const interfaces: MutableInterface[] = [];
  const associations: InterfaceAssociation[] = [];
  for (const descriptor of descriptorsIn(bytes.subarray(0, totalLength))) {
    const current = interfaces.at(-1);
    const [length, type] = [descriptor[0]!, descriptor[1]!];
    if (type === DescriptorType.CONFIGURATION) continue;
    if (type === DescriptorType.INTERFACE && length >= 9) {
      interfaces.push({
        number: descriptor[2]!,
        alternateSetting: descriptor[3]!,
        declaredEndpoints: descriptor[4]!,
        class: descriptor[5]!,
        subclass: descriptor[6]!,
        protocol: descriptor[7]!,
        stringIndex: descriptor[8]!,
        endpoints: [],
        extra: [],
      });
    } else if (type === DescriptorType.ENDPOINT && length >= 7) {
      current?.endpoints.push({
        address: descriptor[2]! & 0x8f,
        attributes: descriptor[3]!,
        maxPacketSize: u16(descriptor, 4),
        interval: descriptor[6]!,
        extra: [],
      });
    } else if (type === DescriptorType.INTERFACE_ASSOCIATION && length >= 8) {
      associations.push({
        firstInterface: descriptor[2]!,
        interfaceCount: descriptor[3]!,
        class: descriptor[4]!,
        subclass: descriptor[5]!,
        protocol: descriptor[6]!,
      });
    } else {
      const owner: { readonly extra: Uint8Array[] } | undefined = current?.endpoints.at(-1) ?? current;
      owner?.extra.push(descriptor);
    }
  }
  return {
    totalLength,
    declaredInterfaces: bytes[4]!,
    value: bytes[5]!,
    stringIndex: bytes[6]!,
    attributes: bytes[7]!,
    maxPower: bytes[8]!,
    interfaces,
    associations,
  };
}

/**
 * Reads a string descriptor: UTF-16, little-endian, USB 2.0 section 9.6.7. An odd byte at the end is left out, and half
 * a surrogate pair becomes U+FFFD.
 *
 * @throws DriverError `protocol` when it is no string descriptor
 */
export function parseString(bytes: Uint8Array): string {
  if (bytes.length < 2 || bytes[0]! < 2 || bytes[1] !== DescriptorType.STRING) {
    throw DriverError.protocol("The device's string descriptor is malformed.");
  }
  const end = Math.min(bytes[0]!, bytes.length);
  let text = "";
  for (let offset = 2; offset + 1 < end; offset += 2) text += String.fromCharCode(u16(bytes, offset));
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
}

function u16(bytes: Uint8Array, offset: number): number {
  return bytes[offset]! | (bytes[offset + 1]! << 8);
}
