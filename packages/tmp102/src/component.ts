/** The WIT export of a driver on I2C. */

import { i2c } from "@busbar/guest/i2c";
import { defineSensor } from "@busbar/guest/sensor";
import { TMP102, tmp102Options } from "./tmp102.ts";

/** busbar:device/sensor. */
export const sensor = defineSensor({ bus: i2c, options: tmp102Options, driver: TMP102 });
