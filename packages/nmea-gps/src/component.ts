/** The WIT export of a driver on a serial line. */

import { defineSensor } from "@busbar/guest/sensor";
import { uart } from "@busbar/guest/uart";
import { NmeaGps, nmeaGpsOptions } from "./nmea-gps.ts";

/** busbar:device/sensor. */
export const sensor = defineSensor({ bus: uart, options: nmeaGpsOptions, driver: NmeaGps });
