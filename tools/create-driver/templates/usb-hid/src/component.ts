/** The WIT export of a driver on USB. Nothing to fill in. */

import { usb } from "@busbar/guest/usb";
import { defineHid } from "@busbar/hid/driver";
import { MyHidDevice, myHidDeviceOptions } from "./my-hid-device.ts";

/** busbar:device/hid. */
export const hid = defineHid({
  bus: usb,
  options: myHidDeviceOptions,
  driver: MyHidDevice,
});
