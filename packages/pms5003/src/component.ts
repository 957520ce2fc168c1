/** The WIT export of a driver on a serial line. */

import { defineSensor } from "@busbar/guest/sensor";
import { uart } from "@busbar/guest/uart";
import { PMS5003, pms5003Options } from "./pms5003.ts";

/** busbar:device/sensor. */
export const sensor = defineSensor({ bus: uart, options: pms5003Options, driver: PMS5003 });
