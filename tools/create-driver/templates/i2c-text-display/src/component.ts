/** The WIT export of a driver on I2C. Nothing to fill in. */

import { i2c } from "@busbar/guest/i2c";
import { defineTextDisplay } from "@busbar/guest/text-display";
import { MyDisplay, myDisplayOptions } from "./my-display.ts";

/** busbar:device/text-display. */
export const textDisplay = defineTextDisplay({
  bus: i2c,
  options: myDisplayOptions,
  driver: MyDisplay,
});
