/** The WIT exports of a sensor's driver on SPI. */

import { defineSensor } from "@busbar/guest/sensor";
import { spi } from "@busbar/guest/spi";
import { MAX31855, max31855Options } from "./max31855.ts";

/** busbar:device/sensor. */
export const sensor = defineSensor({ bus: spi, options: max31855Options, driver: MAX31855 });
