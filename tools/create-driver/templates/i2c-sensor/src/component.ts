/** The WIT exports of world `i2c-sensor-driver`. Nothing to fill in. */

import { defineSensor } from "@busbar/guest/sensor";
import { MySensor, mySensorOptions } from "./my-sensor.ts";

/** busbar:device/sensor. */
export const sensor = defineSensor({
  options: mySensorOptions,
  driver: MySensor,
});
