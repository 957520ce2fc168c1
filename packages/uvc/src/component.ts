/** The WIT exports of world `usb-camera-driver`. */

import { defineCamera } from "@busbar/guest/camera";
import { Uvc, uvcOptions } from "./uvc.ts";

/** busbar:device/camera. */
export const camera = defineCamera({ options: uvcOptions, driver: Uvc });
