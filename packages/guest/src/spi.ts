/** The bus of a driver's part: SPI. Runs inside a component only. */

import { nowMs, waitMs } from "busbar:board/time@0.1.0";
import { open } from "wasi:spi/spi";
import type { DriverBus } from "./driver.ts";
import { registersOn, type SpiGiven, type SpiRegistersGiven, spiOn } from "./spi-bus.ts";

/**
 * SPI: the driver's constructor is given its device and a timer.
 *
 * @example export const sensor = defineSensor({ bus: spi, options: max31855Options, driver: MAX31855 });
 */
export const spi: DriverBus<SpiGiven> = spiOn({ open, time: { nowMs, waitMs } });

/**
 * SPI for a driver of a part that is on I2C as well, and that only knows registers: its constructor is given what it takes for an
 * I2C target, and a timer.
 *
 * @example export const sensor = defineSensor({ bus: registersOverSpi, options: bme280Options, driver: BME280 });
 */
export const registersOverSpi: DriverBus<SpiRegistersGiven> = registersOn(spi);
