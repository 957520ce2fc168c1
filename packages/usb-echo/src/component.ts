/** The WIT exports of world `usb-echo-driver`. */

import { getSettings, usb, warn } from "@busbar/guest/usb";
import { usbEchoOn } from "./export.ts";

/** busbar:device/usb-echo. */
export const usbEcho = usbEchoOn({ usb, getSettings, warn });
