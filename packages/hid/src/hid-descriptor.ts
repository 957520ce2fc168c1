/** The HID descriptor, which stands behind an interface descriptor. Source: HID 1.11, 4.2, 4.3 and 6.2.1. */

import type { ConfigurationBytes, InterfaceBytes } from "@busbar/guest";
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
  /** wDescriptorLength of the report descriptor, in bytes. */
  readonly reportDescriptorLength: number;
}

/** bInterfaceSubClass (4.2). */
const BOOT_INTERFACE_SUBCLASS = 1;
/** bInterfaceProtocol (4.3). */
const bootInterfaces: Readonly<Record<number, BootInterface>> = { 1: "keyboard", 2: "mouse" };

/** The numbers of the HID interfaces of a configuration. */
export function hidInterfaces({ interfaces }: ConfigurationBytes): number[] {
  return [
    ...new Set(interfaces.filter((each) => each.class === HID_INTERFACE_CLASS).map(({ number }) => number)),
  ];
}

/**
 * Finds the HID descriptor of an interface.
 *
 * @param interfaceNumber bInterfaceNumber; of several alternate settings, the first that has a HID descriptor
 * @throws HidError `hid-descriptor` where there is none, or none that is whole and names a report descriptor
 */
export function findHidDescriptor(configuration: ConfigurationBytes, interfaceNumber: number): HidDescriptor {
  for (const each of configuration.interfaces) {
    if (each.number !== interfaceNumber || each.class !== HID_INTERFACE_CLASS) continue;
    // Devices from before HID 1.0 have it after their endpoints.
    const candidates = [...each.extra, ...each.endpoints.flatMap(({ extra }) => extra)];
    const descriptor = candidates.find((bytes) => bytes[1] === HidDescriptorType.HID);
    if (descriptor !== undefined) return parseHidDescriptor(descriptor, each);
  }
  throw new HidError("hid-descriptor", `Interface ${interfaceNumber} has no HID descriptor`);
}

function parseHidDescriptor(descriptor: Uint8Array, { subclass, protocol }: InterfaceBytes): HidDescriptor {
  const view = new DataView(descriptor.buffer, descriptor.byteOffset, descriptor.byteLength);
  const bNumDescriptors = view.byteLength >= 9 ? view.getUint8(5) : 0;
  for (let index = 0; index < bNumDescriptors; index++) {
    const entry = 6 + 3 * index;
    if (entry + 3 > view.byteLength) break;
    if (view.getUint8(entry) !== HidDescriptorType.REPORT) continue;
    return {
      bootInterface: subclass === BOOT_INTERFACE_SUBCLASS ? (bootInterfaces[protocol] ?? "none") : "none",
      versionBcd: view.getUint16(2, true),
      countryCode: view.getUint8(4),
      reportDescriptorLength: view.getUint16(entry + 1, true),
    };
  }
  throw new HidError("hid-descriptor", "The HID descriptor names no report descriptor");
}
