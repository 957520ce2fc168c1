/** The WIT exports of the same driver on SPI (BST-BME280-DS002 section 6.3). */

import { defineSensor } from "@busbar/guest/sensor";
import { registersOverSpi } from "@busbar/guest/spi";
import { BME280, bme280Options } from "./bme280.ts";

/** busbar:device/sensor. */
export const sensor = defineSensor({ bus: registersOverSpi, options: bme280Options, driver: BME280 });
