/** The bus of a driver's device: USB. Runs inside a component only. */

import { warn } from "busbar:board/log@0.1.0";
import { nowMs, waitMs } from "busbar:board/time@0.1.0";
import { init, listDevices } from "component:usb/device@0.2.1";
import { awaitTransfer } from "component:usb/transfers@0.2.1";
import type { DriverBus } from "./driver.ts";
import { type UsbGiven, usbOn } from "./usb-bus.ts";

/**
 * USB: the driver's constructor is given its device, opened, and the time.
 *
 * @example export const hid = defineHid({ bus: usb, options: hidOptions, driver: Hid });
 */
export const usb: DriverBus<UsbGiven> = usbOn({
  usb: { init, listDevices, awaitTransfer },
  time: { nowMs, waitMs },
  warn,
});
