/** The last lines of a disk's driver: its class becomes a component's export busbar:device/block-device. */

import { get as getSettings } from "busbar:board/settings@0.1.0";
import { type BlockDeviceDefinition, type BlockDeviceExport, blockDeviceOn } from "./block-device-export.ts";
import type { OptionTable } from "./settings.ts";

export type { BlockDeviceDefinition, BlockDeviceDriver, BlockDeviceExport } from "./block-device-export.ts";

/**
 * Makes the WIT export `blockDevice` of a driver. It opens what the board wires to a name, reads the settings, constructs the
 * driver, and releases everything when that fails. Runs inside a component only.
 *
 * @example export const blockDevice = defineBlockDevice({ bus: usb, options: massStorageOptions, driver: MassStorage });
 */
export function defineBlockDevice<const Table extends OptionTable, Given extends unknown[]>(
  definition: BlockDeviceDefinition<Table, Given>,
): BlockDeviceExport {
  return blockDeviceOn({ getSettings }, definition);
}
