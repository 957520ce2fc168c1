/** The WIT export of a driver on I2C. */

import { i2c } from "@busbar/guest/i2c";
import { defineSensor } from "@busbar/guest/sensor";
import { SHT3x, sht3xOptions } from "./sht3x.ts";

/** busbar:device/sensor. */
export const sensor = defineSensor({ bus: i2c, options: sht3xOptions, driver: SHT3x });
