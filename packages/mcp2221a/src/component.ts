/** The WIT exports of a bridge on USB: both are of one chip. */

import { defineGpioController } from "@busbar/guest/gpio-controller";
import { defineI2cController } from "@busbar/guest/i2c-controller";
import { usb } from "@busbar/guest/usb";
import { MCP2221A, mcp2221aOptions } from "./mcp2221a.ts";

const mcp2221a = { bus: usb, options: mcp2221aOptions, driver: MCP2221A };

/** busbar:device/i2c-controller. */
export const i2cController = defineI2cController(mcp2221a);

/** busbar:device/gpio-controller. */
export const gpioController = defineGpioController(mcp2221a);
