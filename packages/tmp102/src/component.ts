/** The WIT exports of world `i2c-sensor-driver`. */

import { defineSensor } from "@busbar/guest/sensor";
import { TMP102, tmp102Options } from "./tmp102.ts";

/** busbar:device/sensor. */
export const sensor = defineSensor({ options: tmp102Options, driver: TMP102 });
