/** The WIT exports of world `i2c-sensor-driver`. */

import { defineSensor } from "@busbar/guest/sensor";
import { BME280, bme280Options } from "./bme280.ts";

/** busbar:device/sensor. */
export const sensor = defineSensor({ options: bme280Options, driver: BME280 });
