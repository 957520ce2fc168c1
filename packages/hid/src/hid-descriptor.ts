/** The HID descriptor, which stands behind an interface descriptor. Source: HID 1.11, 4.2, 4.3 and 6.2.1. */

import type { InterfaceBytes } from "@busbar/guest";
import { HidError } from "./errors.ts";
import { HID_INTERFACE_CLASS, HidDescriptorType } from "./requests.ts";

/** The protocol of a boot interface (4.2, 4.3). */
export type BootInterface = "none" | "keyboard" | "mouse";

/** What the configuration descriptor says about a HID interface. */
export interface HidDescriptor {
  /** bInterfaceSubClass and bInterfaceProtocol together: what its boot protocol is. */
  readonly bootInterface: BootInterface;
  /** bcdHID: 0x0111 for HID 1.11. */
  readonly versionBcd: number;
  /** bCountryCode: for which country a keyboard is made; 0 where the device is not localized. */
  readonly countryCode: number;
  /** wDescriptorLength of the report descriptor, in bytes; 0 where the device does not say. */
  readonly reportDescriptorLength: number;
}

/** bInterfaceSubClass (4.2). */
const BOOT_INTERFACE_SUBCLASS = 1;
/** bInterfaceProtocol (4.3). */
const bootInterfaces: Readonly<Record<number, BootInterface>> = { 1: "keyboard", 2: "mouse" };

/** The numbers of the HID interfaces among some. */
export function hidInterfaces(interfaces: readonly InterfaceBytes[]): number[] {
  return [
    ...new Set(interfaces.filter((each) => each.class === HID_INTERFACE_CLASS).map(({ number }) => number)),
  ];
}

/** Before the list of class descriptors: bLength to bNumDescriptors. */
const HEAD_LENGTH = 6;
/** bDescriptorType and wDescriptorLength. */
const ENTRY_LENGTH = 3;

/**
 * What the HID descriptor of an interface says, as far as it is there: one that is missing, cut off, or names no report
 * descriptor keeps nothing from the device, which can be asked for its report descriptor nevertheless.
 *
 * @param interfaceNumber bInterfaceNumber; of several alternate settings, the first that has a HID descriptor
 * @throws HidError `hid-descriptor` where there is no such HID interface
 */
export function findHidDescriptor(
  interfaces: readonly InterfaceBytes[],
  interfaceNumber: number,
): HidDescriptor {
  const settings = interfaces.filter(
    (each) => each.number === interfaceNumber && each.class === HID_INTERFACE_CLASS,
  );
  for (const each of settings) {
    // Devices from before HID 1.0 have it after their endpoints.
    const candidates = [...each.extra, ...each.endpoints.flatMap(({ extra }) => extra)];
    const descriptor = candidates.find((bytes) => bytes[1] === HidDescriptorType.HID);
    if (descriptor !== undefined) return parseHidDescriptor(descriptor, each);
  }
  const [first] = settings;
  if (first !== undefined) return parseHidDescriptor(new Uint8Array(), first);
  throw new HidError("hid-descriptor", `Interface ${interfaceNumber} is no HID interface`);
}

function parseHidDescriptor(descriptor: Uint8Array, { subclass, protocol }: InterfaceBytes): HidDescriptor {
  const byteAt = (offset: number) => descriptor[offset] ?? 0;
  const wordAt = (offset: number) => byteAt(offset) | (byteAt(offset + 1) << 8);
  const entry = entriesOf(descriptor).find((offset) => byteAt(offset) === HidDescriptorType.REPORT);
  return {
    bootInterface: subclass === BOOT_INTERFACE_SUBCLASS ? (bootInterfaces[protocol] ?? "none") : "none",
    versionBcd: wordAt(2),
    countryCode: byteAt(4),
    reportDescriptorLength: entry === undefined ? 0 : wordAt(entry + 1),
  };
}

/** Where the entries are that are whole: the list can be longer than the descriptor. */
function entriesOf(descriptor: Uint8Array): number[] {
  const whole = Math.max(0, Math.floor((descriptor.length - HEAD_LENGTH) / ENTRY_LENGTH));
  const declared = descriptor[5] ?? 0;
  return Array.from({ length: Math.min(declared, whole) }, (_, index) => HEAD_LENGTH + ENTRY_LENGTH * index);
}
