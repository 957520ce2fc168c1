/** The WIT exports of a bridge on USB: both are of one chip. */

import { defineI2cController } from "@busbar/guest/i2c-controller";
import { defineSpiController } from "@busbar/guest/spi-controller";
import { usb } from "@busbar/guest/usb";
import { CH341A, ch341aOptions } from "./ch341a.ts";

const ch341a = { bus: usb, options: ch341aOptions, driver: CH341A };

/** busbar:device/i2c-controller. */
export const i2cController = defineI2cController(ch341a);

/** busbar:device/spi-controller. */
export const spiController = defineSpiController(ch341a);
