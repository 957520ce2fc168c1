/** The last lines of a text display's driver: its class becomes what the world `i2c-text-display-driver` exports. */

import { open, openDelay } from "busbar:board/i2c@0.1.0";
import { get as getSettings } from "busbar:board/settings@0.1.0";
import type { OptionTable } from "./settings.ts";
import { type TextDisplayDefinition, type TextDisplayExport, textDisplayOn } from "./text-display-export.ts";

export type { TextDisplayDefinition, TextDisplayDriver, TextDisplayExport } from "./text-display-export.ts";

/**
 * Makes the WIT export `textDisplay` of a driver. It opens the wiring that the board has for a name, reads the settings,
 * constructs the driver, and releases everything when that fails. Runs inside a component only.
 *
 * @example export const textDisplay = defineTextDisplay({ options: ht16k33Options, driver: HT16K33 });
 */
export function defineTextDisplay<const Table extends OptionTable>(
  definition: TextDisplayDefinition<Table>,
): TextDisplayExport {
  return textDisplayOn({ open, openDelay, getSettings }, definition);
}
