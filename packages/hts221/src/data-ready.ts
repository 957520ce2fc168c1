/** The WIT export of the driver on I2C with a line for DRDY. */

import { together } from "@busbar/guest";
import { gpio } from "@busbar/guest/gpio";
import { i2c } from "@busbar/guest/i2c";
import { defineSensor } from "@busbar/guest/sensor";
import { HTS221DataReady, hts221DataReadyOptions } from "./hts221-data-ready.ts";

/** busbar:device/sensor. */
export const sensor = defineSensor({
  bus: together(i2c, gpio),
  options: hts221DataReadyOptions,
  driver: HTS221DataReady,
});
