/** The WIT export of a driver on GPIO. */

import { gpio } from "@busbar/guest/gpio";
import { defineSensor } from "@busbar/guest/sensor";
import { DHT22, dht22Options } from "./dht22.ts";

/** busbar:device/sensor. */
export const sensor = defineSensor({ bus: gpio, options: dht22Options, driver: DHT22 });
