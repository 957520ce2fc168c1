/** The WIT export of a driver on GPIO. */

import { gpio } from "@busbar/guest/gpio";
import { defineSensor } from "@busbar/guest/sensor";
import { HCSR04, hcsr04Options } from "./hc-sr04.ts";

/** busbar:device/sensor. */
export const sensor = defineSensor({ bus: gpio, options: hcsr04Options, driver: HCSR04 });
