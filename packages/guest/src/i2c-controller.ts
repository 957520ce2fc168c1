/** The last lines of an I2C controller's driver: its class becomes a component's export busbar:device/i2c-controller. */

import { get as getSettings } from "busbar:board/settings@0.1.0";
import {
  type I2cControllerDefinition,
  type I2cControllerExport,
  i2cControllerOn,
} from "./i2c-controller-export.ts";
import type { OptionTable } from "./settings.ts";

export type {
  I2cControllerDefinition,
  I2cControllerDriver,
  I2cControllerExport,
} from "./i2c-controller-export.ts";

/**
 * Makes the WIT export `i2cController` of a driver: other entries of a board are then wired to the I2C buses of its part. It opens what
 * the board wires to a name, reads the settings, constructs the driver, and releases everything when that fails. Runs inside a component
 * only. A driver that exports several buses makes each export of the same definition: all share one opened driver.
 *
 * @example export const i2cController = defineI2cController({ bus: usb, options: mcp2221aOptions, driver: MCP2221A });
 */
export function defineI2cController<const Table extends OptionTable, Given extends unknown[]>(
  definition: I2cControllerDefinition<Table, Given>,
): I2cControllerExport {
  return i2cControllerOn({ getSettings }, definition);
}
