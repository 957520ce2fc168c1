/** USB, as its drivers have it. Where the devices come from is a parameter here. */

import type { Time } from "./board-time.ts";
import type { DriverBus } from "./driver.ts";
import { UsbDevice, type UsbHost } from "./usb-device.ts";

/** What the component of a USB driver imports. */
export interface UsbBoard {
  readonly usb: UsbHost;
  readonly time: Time;
  /** busbar:board/log `warn`. */
  warn(message: string): void;
}

/** What the constructor of a USB driver is given, before its options. */
export type UsbGiven = [device: UsbDevice, time: Time];

/** Makes the bus on what a component imports. */
export function usbOn({ usb, time, warn }: UsbBoard): DriverBus<UsbGiven> {
  return { open: (name, opened) => [opened.use(new UsbDevice(usb, name, warn)), time] };
}
