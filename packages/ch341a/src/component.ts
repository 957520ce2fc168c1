/** The WIT export of a bridge on USB. */

import { defineI2cController } from "@busbar/guest/i2c-controller";
import { usb } from "@busbar/guest/usb";
import { CH341A, ch341aOptions } from "./ch341a.ts";

/** busbar:device/i2c-controller. */
export const i2cController = defineI2cController({ bus: usb, options: ch341aOptions, driver: CH341A });
