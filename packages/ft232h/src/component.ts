/** The WIT export of a bridge on USB. */

import { defineI2cController } from "@busbar/guest/i2c-controller";
import { usb } from "@busbar/guest/usb";
import { FT232H, ft232hOptions } from "./ft232h.ts";

/** busbar:device/i2c-controller. */
export const i2cController = defineI2cController({ bus: usb, options: ft232hOptions, driver: FT232H });
