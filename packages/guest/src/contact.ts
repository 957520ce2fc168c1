/** The last lines of a contact's driver: its class becomes a component's export busbar:device/contact. */

import { get as getSettings } from "busbar:board/settings@0.1.0";
import { type ContactDefinition, type ContactExport, contactOn } from "./contact-export.ts";
import type { OptionTable } from "./settings.ts";

export type { ContactDefinition, ContactDriver, ContactExport } from "./contact-export.ts";

/**
 * Makes the WIT export `contact` of a driver. It opens what the board wires to a name, reads the settings, constructs the driver, and
 * releases everything when that fails. Runs inside a component only.
 *
 * @example export const contact = defineContact({ bus: gpio, options: buttonOptions, driver: Button });
 */
export function defineContact<const Table extends OptionTable, Given extends unknown[]>(
  definition: ContactDefinition<Table, Given>,
): ContactExport {
  return contactOn({ getSettings }, definition);
}
