/** The WIT export of the driver on I2C. */

import { i2c } from "@busbar/guest/i2c";
import { defineTextDisplay } from "@busbar/guest/text-display";
import { SSD1306OnI2c } from "./on-i2c.ts";
import { ssd1306Options } from "./ssd1306.ts";

/** busbar:device/text-display. */
export const textDisplay = defineTextDisplay({ bus: i2c, options: ssd1306Options, driver: SSD1306OnI2c });
