/** The WIT exports of world `i2c-sensor-driver`. Nothing to fill in. */

import { defineSensor } from "@busbar/guest/sensor";
import { MyThermometer, myThermometerOptions } from "./my-thermometer.ts";

/** busbar:device/sensor. */
export const sensor = defineSensor({
  options: myThermometerOptions,
  driver: MyThermometer,
});
