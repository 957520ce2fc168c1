/** The WIT export of a driver on USB. */

import { usb } from "@busbar/guest/usb";
import { defineHid } from "./define-hid.ts";
import { Hid, hidOptions } from "./hid.ts";

/** busbar:device/hid. */
export const hid = defineHid({ bus: usb, options: hidOptions, driver: Hid });
