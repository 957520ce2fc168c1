/** The WIT exports of a bridge on USB: both are of one chip. */

import { defineGpioController } from "@busbar/guest/gpio-controller";
import { defineI2cController } from "@busbar/guest/i2c-controller";
import { usb } from "@busbar/guest/usb";
import { CP2112, cp2112Options } from "./cp2112.ts";

const cp2112 = { bus: usb, options: cp2112Options, driver: CP2112 };

/** busbar:device/i2c-controller. */
export const i2cController = defineI2cController(cp2112);

/** busbar:device/gpio-controller. */
export const gpioController = defineGpioController(cp2112);
