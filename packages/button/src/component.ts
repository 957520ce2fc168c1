/** The WIT export of a driver on GPIO. */

import { defineContact } from "@busbar/guest/contact";
import { gpio } from "@busbar/guest/gpio";
import { Button, buttonOptions } from "./button.ts";

/** busbar:device/contact. */
export const contact = defineContact({ bus: gpio, options: buttonOptions, driver: Button });
