/** The WIT exports of world `i2c-text-display-driver`. Nothing to fill in. */

import { defineTextDisplay } from "@busbar/guest/text-display";
import { MyDisplay, myDisplayOptions } from "./my-display.ts";

/** busbar:device/text-display. */
export const textDisplay = defineTextDisplay({
  options: myDisplayOptions,
  driver: MyDisplay,
});
