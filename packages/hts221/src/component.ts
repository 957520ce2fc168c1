/** The WIT export of a driver on I2C. */

import { i2c } from "@busbar/guest/i2c";
import { defineSensor } from "@busbar/guest/sensor";
import { HTS221, hts221Options } from "./hts221.ts";

/** busbar:device/sensor. */
export const sensor = defineSensor({ bus: i2c, options: hts221Options, driver: HTS221 });
