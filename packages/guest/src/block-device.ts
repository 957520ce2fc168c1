/** The last lines of a disk's driver: its class becomes what the world `usb-block-device-driver` exports. */

import { nowMs, waitMs } from "busbar:board/time@0.1.0";
import { type BlockDeviceDefinition, type BlockDeviceExport, blockDeviceOn } from "./block-device-export.ts";
import type { OptionTable } from "./settings.ts";
import { getSettings, usb, warn } from "./usb.ts";

export type { BlockDeviceDefinition, BlockDeviceDriver, BlockDeviceExport } from "./block-device-export.ts";

/**
 * Makes the WIT export `blockDevice` of a driver. It opens the USB device that the board wires to a name, reads the
 * settings, constructs the driver, and gives everything back when that fails. Runs inside a component only.
 *
 * @example export const blockDevice = defineBlockDevice({ options: massStorageOptions, driver: MassStorage });
 */
export function defineBlockDevice<const Table extends OptionTable>(
  definition: BlockDeviceDefinition<Table>,
): BlockDeviceExport {
  return blockDeviceOn({ usb, time: { nowMs, waitMs }, getSettings, warn }, definition);
}
