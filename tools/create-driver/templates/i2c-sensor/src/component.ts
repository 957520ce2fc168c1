/** The WIT export of a driver on I2C. Nothing to fill in. */

import { i2c } from "@busbar/guest/i2c";
import { defineSensor } from "@busbar/guest/sensor";
import { MySensor, mySensorOptions } from "./my-sensor.ts";

/** busbar:device/sensor. */
export const sensor = defineSensor({
  bus: i2c,
  options: mySensorOptions,
  driver: MySensor,
});
