/** The WIT exports of world `usb-hid-driver`. Nothing to fill in. */

import { defineHid } from "@busbar/hid/driver";
import { MyHidDevice, myHidDeviceOptions } from "./my-hid-device.ts";

/** busbar:device/hid. */
export const hid = defineHid({
  options: myHidDeviceOptions,
  driver: MyHidDevice,
});
