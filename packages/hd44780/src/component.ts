/** The WIT export of a driver on I2C. */

import { i2c } from "@busbar/guest/i2c";
import { defineTextDisplay } from "@busbar/guest/text-display";
import { HD44780, hd44780Options } from "./hd44780.ts";

/** busbar:device/text-display. */
export const textDisplay = defineTextDisplay({ bus: i2c, options: hd44780Options, driver: HD44780 });
