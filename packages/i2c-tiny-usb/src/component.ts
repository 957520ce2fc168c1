/** The WIT export of a bridge on USB. */

import { defineI2cController } from "@busbar/guest/i2c-controller";
import { usb } from "@busbar/guest/usb";
import { I2cTinyUsb, i2cTinyUsbOptions } from "./i2c-tiny-usb.ts";

/** busbar:device/i2c-controller. */
export const i2cController = defineI2cController({
  bus: usb,
  options: i2cTinyUsbOptions,
  driver: I2cTinyUsb,
});
