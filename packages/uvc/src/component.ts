/** The WIT export of a driver on USB. */

import { defineCamera } from "@busbar/guest/camera";
import { usb } from "@busbar/guest/usb";
import { Uvc, uvcOptions } from "./uvc.ts";

/** busbar:device/camera. */
export const camera = defineCamera({ bus: usb, options: uvcOptions, driver: Uvc });
