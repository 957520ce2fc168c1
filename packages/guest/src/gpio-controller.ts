/** The last lines of a driver of GPIO lines: its class becomes a component's export busbar:device/gpio-controller. */

import { get as getSettings } from "busbar:board/settings@0.1.0";
import {
  type GpioControllerDefinition,
  type GpioControllerExport,
  gpioControllerOn,
} from "./gpio-controller-export.ts";
import type { OptionTable } from "./settings.ts";

export type {
  GpioControllerDefinition,
  GpioControllerDriver,
  GpioControllerExport,
} from "./gpio-controller-export.ts";

/**
 * Makes the WIT export `gpioController` of a driver: other entries of a board are then wired to the lines of its part. As
 * `defineI2cController`; a driver that exports several buses makes each export of the same definition, and all share one opened driver.
 *
 * @example export const gpioController = defineGpioController({ bus: usb, options: mcp2221aOptions, driver: MCP2221A });
 */
export function defineGpioController<const Table extends OptionTable, Given extends unknown[]>(
  definition: GpioControllerDefinition<Table, Given>,
): GpioControllerExport {
  return gpioControllerOn({ getSettings }, definition);
}
