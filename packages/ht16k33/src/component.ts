/** The WIT export of a driver on I2C. */

import { i2c } from "@busbar/guest/i2c";
import { defineTextDisplay } from "@busbar/guest/text-display";
import { HT16K33, ht16k33Options } from "./ht16k33.ts";

/** busbar:device/text-display. */
export const textDisplay = defineTextDisplay({ bus: i2c, options: ht16k33Options, driver: HT16K33 });
