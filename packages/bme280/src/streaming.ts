/** The WIT exports of world `i2c-sensor-stream-driver`. */

import { defineSensor } from "@busbar/guest/sensor-stream";
import { BME280, bme280Options } from "./bme280.ts";

/** busbar:device/sensor, and busbar:device/sensor-stream. */
export const { sensor, sensorStream } = defineSensor({ options: bme280Options, driver: BME280 });
