/** The WIT export of a driver on SPI. Nothing to fill in. */

import { defineSensor } from "@busbar/guest/sensor";
import { registersOverSpi } from "@busbar/guest/spi";
import { MySpiSensor, mySpiSensorOptions } from "./my-spi-sensor.ts";

/** busbar:device/sensor. */
export const sensor = defineSensor({
  bus: registersOverSpi,
  options: mySpiSensorOptions,
  driver: MySpiSensor,
});
