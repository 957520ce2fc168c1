/** The WIT export of a driver on USB. */

import { get as getSettings } from "busbar:board/settings@0.1.0";
import { usb } from "@busbar/guest/usb";
import { usbEchoOn } from "./export.ts";

/** busbar:device/usb-echo. */
export const usbEcho = usbEchoOn({ getSettings }, usb);
