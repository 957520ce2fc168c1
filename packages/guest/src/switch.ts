/** The last lines of a switch's driver: its class becomes a component's export busbar:device/switch. */

import { get as getSettings } from "busbar:board/settings@0.1.0";
import type { OptionTable } from "./settings.ts";
import { type SwitchDefinition, type SwitchExport, switchOn } from "./switch-export.ts";

export type { SwitchDefinition, SwitchDriver, SwitchExport } from "./switch-export.ts";

/**
 * Makes the WIT export `switch` of a driver. It opens what the board wires to a name, reads the settings, constructs the driver, and
 * releases everything when that fails. Runs inside a component only. JavaScript has the word for itself, so that it is exported as
 * another one.
 *
 * @example
 * const device = defineSwitch({ bus: gpio, options: relayOptions, driver: Relay });
 * export { device as switch };
 */
export function defineSwitch<const Table extends OptionTable, Given extends unknown[]>(
  definition: SwitchDefinition<Table, Given>,
): SwitchExport {
  return switchOn({ getSettings }, definition);
}
