/** The WIT exports of world `i2c-text-display-driver`. */

import { defineTextDisplay } from "@busbar/guest/text-display";
import { HT16K33, ht16k33Options } from "./ht16k33.ts";

/** busbar:device/text-display. */
export const textDisplay = defineTextDisplay({ options: ht16k33Options, driver: HT16K33 });
