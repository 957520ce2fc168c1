/** The WIT export of a driver on USB. */

import { usb } from "@busbar/guest/usb";
import { defineHid } from "@busbar/hid/driver";
import { XboxController, xboxControllerOptions } from "./xbox-controller.ts";

/** busbar:device/hid. */
export const hid = defineHid({ bus: usb, options: xboxControllerOptions, driver: XboxController });
