/** The WIT exports of world `i2c-sensor-driver`. */

import { defineSensor } from "@busbar/guest/sensor";
import { HTS221, hts221Options } from "./hts221.ts";

/** busbar:device/sensor. */
export const sensor = defineSensor({ options: hts221Options, driver: HTS221 });
