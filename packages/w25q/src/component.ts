/** The WIT exports of a disk's driver on SPI. */

import { defineBlockDevice } from "@busbar/guest/block-device";
import { spi } from "@busbar/guest/spi";
import { W25Q, w25qOptions } from "./w25q.ts";

/** busbar:device/block-device. */
export const blockDevice = defineBlockDevice({ bus: spi, options: w25qOptions, driver: W25Q });
