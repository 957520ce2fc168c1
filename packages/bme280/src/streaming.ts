/** The WIT exports of a sensor that sends by itself, on I2C. */

import { i2c } from "@busbar/guest/i2c";
import { defineSensor } from "@busbar/guest/sensor-stream";
import { BME280, bme280Options } from "./bme280.ts";

/** busbar:device/sensor, and busbar:device/sensor-stream. */
export const { sensor, sensorStream } = defineSensor({ bus: i2c, options: bme280Options, driver: BME280 });
