/**
 * Standard descriptors that every device answers with alike, and those of a model, read without trust: it may hold the
 * descriptors of a broken device. USB 2.0 section 9.6.
 */

import {
  DESCRIPTOR_CONFIGURATION,
  DESCRIPTOR_ENDPOINT,
  DESCRIPTOR_INTERFACE,
  DESCRIPTOR_STRING,
} from "@busbar/model";

const US_ENGLISH = 0x0409;

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
