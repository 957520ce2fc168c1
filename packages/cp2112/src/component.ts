/** The WIT export of a bridge on USB. */

import { defineI2cController } from "@busbar/guest/i2c-controller";
import { usb } from "@busbar/guest/usb";
import { CP2112, cp2112Options } from "./cp2112.ts";

/** busbar:device/i2c-controller. */
export const i2cController = defineI2cController({ bus: usb, options: cp2112Options, driver: CP2112 });
