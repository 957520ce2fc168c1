/** The last lines of an SPI controller's driver: its class becomes a component's export busbar:device/spi-controller. */

import { get as getSettings } from "busbar:board/settings@0.1.0";
import type { OptionTable } from "./settings.ts";
import {
  type SpiControllerDefinition,
  type SpiControllerExport,
  spiControllerOn,
} from "./spi-controller-export.ts";

export type {
  SpiControllerDefinition,
  SpiControllerDriver,
  SpiControllerExport,
} from "./spi-controller-export.ts";

/**
 * Makes the WIT export `spiController` of a driver: other entries of a board are then wired to the SPI buses of its part. As
 * `defineI2cController`; a driver that exports several buses makes each export of the same definition, and all share one opened driver.
 *
 * @example export const spiController = defineSpiController({ bus: usb, options: ft232hOptions, driver: FT232H });
 */
export function defineSpiController<const Table extends OptionTable, Given extends unknown[]>(
  definition: SpiControllerDefinition<Table, Given>,
): SpiControllerExport {
  return spiControllerOn({ getSettings }, definition);
}
