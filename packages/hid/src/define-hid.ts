/** The last lines of a driver: its class becomes a component's export busbar:device/hid. */

import { get as getSettings } from "busbar:board/settings@0.1.0";
import type { OptionTable } from "@busbar/guest";
import { type HidDefinition, type HidExport, hidOn } from "./hid-export.ts";

export type { HidDefinition, HidExport } from "./hid-export.ts";

/**
 * Makes the WIT export `hid` of a driver. It opens what the board wires to a name, reads the settings, constructs the
 * driver, and releases everything when that fails. Runs inside a component only.
 *
 * @example export const hid = defineHid({ bus: usb, options: hidOptions, driver: Hid });
 */
export function defineHid<const Table extends OptionTable, Given extends unknown[]>(
  definition: HidDefinition<Table, Given>,
): HidExport {
  return hidOn({ getSettings }, definition);
}
