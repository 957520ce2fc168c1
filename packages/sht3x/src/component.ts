/** The WIT exports of world `i2c-sensor-driver`. */

import { defineSensor } from "@busbar/guest/sensor";
import { SHT3x, sht3xOptions } from "./sht3x.ts";

/** busbar:device/sensor. */
export const sensor = defineSensor({ options: sht3xOptions, driver: SHT3x });
