import type * as v from "valibot";
import type { BusModule, BusTypes } from "../module.ts";
import { simulatedUsb, usbGrant } from "./grant.ts";
import { refuseSharedInterfaces } from "./overlap.ts";
import { refuseVague } from "./vague.ts";

/** The types of USB. */
export interface UsbTypes extends BusTypes {
  readonly key: "usb";
  readonly written: v.InferInput<typeof usbGrant>;
  readonly grant: v.InferOutput<typeof usbGrant>;
  readonly writtenSimulated: v.InferInput<typeof simulatedUsb>;
  readonly simulated: v.InferOutput<typeof simulatedUsb>;
}

/** USB: component:usb for drivers, some interfaces of one device for each entry. */
export const usb: BusModule<UsbTypes> = {
  key: "usb",
  aKey: 'a "usb"',
  grant: usbGrant,
  simulated: { entries: simulatedUsb.entries, expected: 'expected a port such as "1-1"' },
  grantLine: '"usb": { "vendorId": "0x2341", "interfaces": [0] }',
  refuse: (wired) => refuseVague(wired) ?? refuseSharedInterfaces(wired),
};
