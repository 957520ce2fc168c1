/** The WIT export of the driver on SPI with its lines. */

import { together } from "@busbar/guest";
import { gpio } from "@busbar/guest/gpio";
import { spi } from "@busbar/guest/spi";
import { defineTextDisplay } from "@busbar/guest/text-display";
import { SSD1306OnSpi, ssd1306SpiOptions } from "./on-spi.ts";

/** busbar:device/text-display. */
export const textDisplay = defineTextDisplay({
  bus: together(spi, gpio),
  options: ssd1306SpiOptions,
  driver: SSD1306OnSpi,
});
