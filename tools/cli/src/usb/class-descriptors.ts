/**
 * The descriptors that classes add behind an interface, for people. They come from the device: each is whole, and nothing
 * is read past its end; a field that is not there is not shown.
 */

import type { UsbInterfaceDescriptor } from "@busbar/host/backend";
import { hexByte } from "../output/units.ts";

/** bDescriptorType: USB 3.2 table 9-6; HID 1.11 section 7.1; CDC 1.2 table 12. */
const INTERFACE_ASSOCIATION = 0x0b;
const HID = 0x21;
const HID_REPORT = 0x22;
const CS_INTERFACE = 0x24;
const ENDPOINT_COMPANION = 0x30;

/** Interface classes: usb.org, "Defined Class Codes". */
const CDC_CLASS = 0x02;
const HID_CLASS = 0x03;
const VIDEO_CLASS = 0x0e;
/** bInterfaceSubClass of a video function's control interface: UVC 1.5 table A-2. */
const VIDEO_CONTROL = 0x01;

/** bDescriptorSubtype of functional descriptors: CDC 1.2 table 13. */
const HEADER = 0x00;
const CALL_MANAGEMENT = 0x01;
const ABSTRACT_CONTROL = 0x02;
const UNION = 0x06;
const ETHERNET = 0x0f;

/** bDescriptorSubtype: UVC 1.5 table A-5. */
const VIDEO_HEADER = 0x01;

/** PSTN 1.2 table 4, from bit 0 on. */
const acmCapabilities = ["features", "line coding", "break", "network connection"];

/** One descriptor as a phrase: "HID 1.11, report descriptor of 63 bytes". */
export function describeClassDescriptor(interfaceClass: number, bytes: Uint8Array): string {
  const type = bytes[1] ?? 0;
  if (interfaceClass === HID_CLASS && type === HID && bytes.length >= 6) return describeHid(bytes);
  if (interfaceClass === CDC_CLASS && type === CS_INTERFACE && bytes.length >= 3) return describeCdc(bytes);
  if (type === INTERFACE_ASSOCIATION && bytes.length >= 4) {
    const first = bytes[2]!;
    return `interfaces ${first} to ${first + Math.max(bytes[3]!, 1) - 1} are one function`;
  }
  if (type === ENDPOINT_COMPANION && bytes.length >= 3)
    return `SuperSpeed, bursts of ${bytes[2]! + 1} packets`;
  return `descriptor ${hexByte(type)}, ${bytes.length} bytes`;
}

/**
 * The interfaces that one says to be together with it, itself perhaps among them: a CDC interface by its union, CDC 1.2 table 16; a
 * video control interface by its header, UVC 1.5 table 3-3. Empty where it says nothing.
 */
export function togetherWith({
  interfaceClass,
  interfaceSubclass,
  extra,
}: Pick<UsbInterfaceDescriptor, "interfaceClass" | "interfaceSubclass" | "extra">): number[] {
  const find = (subtype: number) => extra.find((bytes) => bytes[1] === CS_INTERFACE && bytes[2] === subtype);
  if (interfaceClass === VIDEO_CLASS) {
    const header = interfaceSubclass === VIDEO_CONTROL ? find(VIDEO_HEADER) : undefined;
    return [...(header?.subarray(12, 12 + (header[11] ?? 0)) ?? [])];
  }
  return [...(find(UNION)?.subarray(3) ?? [])];
}

/** HID 1.11 section 6.2.1. */
function describeHid(bytes: Uint8Array): string {
  const parts = [`HID ${bcd(bytes, 2)}`];
  if (bytes[4] !== 0) parts.push(`country ${bytes[4]}`);
  for (let entry = 6; entry + 3 <= bytes.length; entry += 3) {
    const length = bytes[entry + 1]! | (bytes[entry + 2]! << 8);
    const what = bytes[entry] === HID_REPORT ? "report descriptor" : `descriptor ${hexByte(bytes[entry]!)}`;
    parts.push(`${what} of ${length} bytes`);
  }
  return parts.join(", ");
}

function describeCdc(bytes: Uint8Array): string {
  const subtype = bytes[2]!;
  if (subtype === HEADER && bytes.length >= 5) return `CDC ${bcd(bytes, 3)}`;
  if (subtype === CALL_MANAGEMENT && bytes.length >= 5) {
    const by = (bytes[3]! & 0x01) === 0 ? "not managed by the device" : "managed by the device";
    return `calls ${by}, data interface ${bytes[4]}`;
  }
  if (subtype === ABSTRACT_CONTROL && bytes.length >= 4) {
    const has = acmCapabilities.filter((_, bit) => (bytes[3]! & (1 << bit)) !== 0);
    return `abstract control: ${has.join(", ") || "nothing optional"}`;
  }
  if (subtype === UNION && bytes.length >= 5) {
    return `union of interface ${bytes[3]} and ${[...bytes.subarray(4)].join(", ")}`;
  }
  if (subtype === ETHERNET) return "Ethernet";
  return `functional descriptor ${hexByte(subtype)}, ${bytes.length} bytes`;
}

/** Binary-coded decimal, little-endian: 0x0111 is "1.11". */
function bcd(bytes: Uint8Array, offset: number): string {
  return bcdVersion(bytes[offset]! | (bytes[offset + 1]! << 8));
}

/** A version in binary-coded decimal: 0x0210 is "2.10". */
export function bcdVersion(value: number): string {
  return `${(value >> 8).toString(16)}.${(value & 0xff).toString(16).padStart(2, "0")}`;
}
