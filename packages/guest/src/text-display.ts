/** The last lines of a text display's driver: its class becomes a component's export busbar:device/text-display. */

import { get as getSettings } from "busbar:board/settings@0.1.0";
import type { OptionTable } from "./settings.ts";
import { type TextDisplayDefinition, type TextDisplayExport, textDisplayOn } from "./text-display-export.ts";

export type { TextDisplayDefinition, TextDisplayDriver, TextDisplayExport } from "./text-display-export.ts";

/**
 * Makes the WIT export `textDisplay` of a driver. It opens what the board wires to a name, reads the settings, constructs the
 * driver, and releases everything when that fails. Runs inside a component only.
 *
 * @example export const textDisplay = defineTextDisplay({ bus: i2c, options: ht16k33Options, driver: HT16K33 });
 */
export function defineTextDisplay<const Table extends OptionTable, Given extends unknown[]>(
  definition: TextDisplayDefinition<Table, Given>,
): TextDisplayExport {
  return textDisplayOn({ getSettings }, definition);
}
