/** The WIT export of a driver on a serial line. */

import { defineSensor } from "@busbar/guest/sensor";
import { uart } from "@busbar/guest/uart";
import { MHZ19B, mhz19bOptions } from "./mh-z19b.ts";

/** busbar:device/sensor. */
export const sensor = defineSensor({ bus: uart, options: mhz19bOptions, driver: MHZ19B });
