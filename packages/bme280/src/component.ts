/** The WIT export of a driver on I2C. */

import { i2c } from "@busbar/guest/i2c";
import { defineSensor } from "@busbar/guest/sensor";
import { BME280, bme280Options } from "./bme280.ts";

/** busbar:device/sensor. */
export const sensor = defineSensor({ bus: i2c, options: bme280Options, driver: BME280 });
