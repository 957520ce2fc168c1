import {
  deviceWaits,
  transferWaits,
  type UsbView,
  usbDevice,
  usbHotplug,
  usbTransfers,
} from "../interfaces/component-usb.ts";
import type { Offer } from "./grant.ts";

/**
 * component:usb@0.2.1, whole, for drivers or for apps.
 *
 * @param grant who gets it
 * @param viewOf what one of them may see; asked once for each interface that it imports
 */
export function usbOffers<Entry, Context>(
  grant: Pick<Offer<Entry, Context>, "granted" | "grantLine">,
  viewOf: (context: Context) => UsbView,
): Offer<Entry, Context>[] {
  const usb = { ...grant, version: "0.2.1" };
  return [
    {
      ...usb,
      path: "component:usb/device",
      implement: (context) => usbDevice(viewOf(context)),
      waits: deviceWaits,
    },
    { ...usb, path: "component:usb/transfers", implement: usbTransfers, waits: transferWaits },
    { ...usb, path: "component:usb/usb-hotplug", implement: (context) => usbHotplug(viewOf(context)) },
    { ...usb, path: "component:usb/errors" },
    { ...usb, path: "component:usb/configuration" },
    { ...usb, path: "component:usb/descriptors" },
  ];
}
