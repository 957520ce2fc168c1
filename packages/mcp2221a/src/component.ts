/** The WIT export of a bridge on USB. */

import { defineI2cController } from "@busbar/guest/i2c-controller";
import { usb } from "@busbar/guest/usb";
import { MCP2221A, mcp2221aOptions } from "./mcp2221a.ts";

/** busbar:device/i2c-controller. */
export const i2cController = defineI2cController({ bus: usb, options: mcp2221aOptions, driver: MCP2221A });
