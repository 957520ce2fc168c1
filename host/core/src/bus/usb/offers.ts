import type { BusOffer } from "../module.ts";
import {
  deviceWaits,
  transferWaits,
  type UsbView,
  usbDevice,
  usbHotplug,
  usbTransfers,
} from "./component-usb.ts";

/** The names of the package, and of its interface for what comes and goes: the proposal's first, and its later one. */
const names = [
  { package: "component:usb", hotplug: "usb-hotplug" },
  { package: "wasi:usb", hotplug: "hotplug" },
] as const;

/**
 * component:usb@0.2.1, whole, for drivers or for apps; also as wasi:usb@0.2.1, which is the same.
 *
 * @param viewOf what one of them may see; asked once for each interface that it imports
 */
export function usbOffers<Context, Opened>(
  viewOf: (context: Context, opened: Opened) => UsbView,
): BusOffer<Context, Opened>[] {
  return names.flatMap((name) => {
    const usb = (each: string) => ({ path: `${name.package}/${each}`, version: "0.2.1" });
    return [
      {
        ...usb("device"),
        implement: (context, opened) => usbDevice(viewOf(context, opened)),
        waits: () => deviceWaits,
      },
      { ...usb("transfers"), implement: usbTransfers, waits: () => transferWaits },
      { ...usb(name.hotplug), implement: (context, opened) => usbHotplug(viewOf(context, opened)) },
      usb("errors"),
      usb("configuration"),
      usb("descriptors"),
    ] satisfies BusOffer<Context, Opened>[];
  });
}
