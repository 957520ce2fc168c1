import { hex, hex4 } from "../../hex.ts";
import { printable } from "../../text.ts";
import type { BusModule } from "../module.ts";
import { UsbConnection } from "./connection.ts";
import { simulatedUsb, usbGrant } from "./grant.ts";
import { usbOffers } from "./offers.ts";
import { OpenedUsb } from "./opened.ts";
import { refuseSharedInterfaces } from "./overlap.ts";
import { describeTransfer } from "./trace.ts";
import type { UsbTypes } from "./types.ts";
import { UsbCounts, usbUse } from "./use.ts";
import { refuseVague } from "./vague.ts";

/** USB: component:usb for drivers and apps, some interfaces of one device for each entry. */
export const usb: BusModule<UsbTypes> = {
  key: "usb",
  aKey: 'a "usb"',
  grant: usbGrant,
  simulated: { entries: simulatedUsb.entries, expected: 'expected a port such as "1-1"' },
  grantLine: '"usb": { "vendorId": "0x2341", "interfaces": [0] }',
  refuse: (wired) => refuseVague(wired) ?? refuseSharedInterfaces(wired),
  describeGrant({ vendorId, productId, class: deviceClass, serialNumber, port }) {
    const ids = [vendorId, productId].flatMap((id) => (id === undefined ? [] : [hex4(id)]));
    const criteria = [
      ...(ids.length > 0 ? [ids.join(":")] : []),
      ...(deviceClass === undefined ? [] : [`class ${hex(deviceClass)}`]),
      ...(serialNumber === undefined ? [] : [`serial number ${printable(serialNumber)}`]),
      ...(port === undefined ? [] : [`on port ${port}`]),
    ];
    return `USB device ${criteria.join(", ")}`;
  },
  offers: usbOffers(({ budget }, opened) => opened.view(budget)),
  appOffers: usbOffers((_, usb) => usb),
  connect: (backends) => new UsbConnection(backends),
  trial: () => new OpenedUsb(),
  count: (grant, isRecorded) => new UsbCounts(grant, isRecorded),
  use: usbUse,
  describe: ({ request }) => describeTransfer({ ...request, length: request.length || request.data.length }),
};
