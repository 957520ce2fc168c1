/** The last lines of a driver: its class becomes what the world `usb-hid-driver` exports. */

import { nowMs, waitMs } from "busbar:board/time@0.1.0";
import type { OptionTable } from "@busbar/guest";
import { getSettings, usb, warn } from "@busbar/guest/usb";
import { type HidDefinition, type HidExport, hidOn } from "./hid-export.ts";

export type { HidDefinition, HidExport } from "./hid-export.ts";

/**
 * Makes the WIT export `hid` of a driver. It opens the USB device that the board wires to a name, reads the settings,
 * constructs the driver, and gives everything back when that fails. Runs inside a component only.
 *
 * @example export const hid = defineHid({ options: hidOptions, driver: Hid });
 */
export function defineHid<const Table extends OptionTable>(definition: HidDefinition<Table>): HidExport {
  return hidOn({ usb, time: { nowMs, waitMs }, getSettings, warn }, definition);
}
