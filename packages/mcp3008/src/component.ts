/** The WIT exports of a sensor's driver on SPI. */

import { defineSensor } from "@busbar/guest/sensor";
import { spi } from "@busbar/guest/spi";
import { MCP3008, mcp3008Options } from "./mcp3008.ts";

/** busbar:device/sensor. */
export const sensor = defineSensor({ bus: spi, options: mcp3008Options, driver: MCP3008 });
