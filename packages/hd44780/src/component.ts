/** The WIT exports of world `i2c-text-display-driver`. */

import { defineTextDisplay } from "@busbar/guest/text-display";
import { HD44780, hd44780Options } from "./hd44780.ts";

/** busbar:device/text-display. */
export const textDisplay = defineTextDisplay({ options: hd44780Options, driver: HD44780 });
