/** The WIT exports of a bridge on USB: both are of one chip, which is set up for one of them. */

import { defineI2cController } from "@busbar/guest/i2c-controller";
import { defineSpiController } from "@busbar/guest/spi-controller";
import { usb } from "@busbar/guest/usb";
import { FT232H, ft232hOptions } from "./ft232h.ts";

const ft232h = { bus: usb, options: ft232hOptions, driver: FT232H };

/** busbar:device/i2c-controller. */
export const i2cController = defineI2cController(ft232h);

/** busbar:device/spi-controller. */
export const spiController = defineSpiController(ft232h);
